import dns from 'node:dns';
import type { EgressFilter } from '../../../nodes/shared/transport/egress';
import { resilient } from '../../../nodes/shared/resilience';
import { Registry } from '../../../nodes/shared/resilience/registry';
import { client, failureOf, get } from './client';
import { proxySettings } from './proxy';
import type { RawServer } from './rawServer';
import { rawServer, reply } from './rawServer';

const set = proxySettings();
let server: RawServer;
let other: RawServer;

beforeEach(async () => {
	server = await rawServer((socket) =>
		socket.write(reply('', '302 Found', [`Location: ${other.origin}/`])),
	);
	other = await rawServer((socket) => socket.write(reply()));
});
afterEach(async () => {
	await server.close();
	await other.close();
});

/** As n8n's own: an error of this name for a host or an address that is not allowed. */
class SsrfBlockedIpError extends Error {
	override name = 'SsrfBlockedIpError';
}
const blocked = (what: string) => new SsrfBlockedIpError(`The address ${what} is blocked`);

const filter = (refused: {
	url?: (url: string) => boolean;
	host?: (host: string) => boolean;
	lookup?: boolean;
}): EgressFilter => ({
	validateUrl: async (url) =>
		refused.url?.(String(url)) ? { ok: false, error: blocked(String(url)) } : { ok: true },
	validateConnectionHost: (host) =>
		refused.host?.(host) ? { ok: false, error: blocked(host) } : { ok: true },
	createSecureLookup: () => (host, options, then) => {
		if (refused.lookup) then(blocked(host), '');
		else dns.lookup(host, options, then);
	},
});

const expected = { kind: 'invalid', phase: 'notSent', code: 'EGRESS_BLOCKED' };

test('an address that n8n does not allow is not connected to, and the failure says who can allow it', async () => {
	const http = client({ egress: filter({ url: () => true }) });
	const failure = await failureOf(http.buffer(get(server.origin)));
	expect(failure).toMatchObject(expected);
	expect(failure.message).toContain('is blocked');
	expect(failure.hint).toContain('N8N_SSRF_ALLOWED');
	expect(server.connections).toHaveLength(0);
});

test('neither is one that a redirect leads to', async () => {
	const egress = filter({ url: (url) => url.startsWith(other.origin) });
	const failure = await failureOf(client({ egress }).buffer(get(server.origin, { redirects: 1 })));
	expect(failure).toMatchObject(expected);
	expect(server.requests).toHaveLength(1);
	expect(other.connections).toHaveLength(0);
});

test('nor a name whose address turns out to be forbidden when it is connected', async () => {
	const egress = filter({ lookup: true });
	const { registry, attempts } = { registry: new Registry(), attempts: { made: 0 } };
	const send = resilient({
		maxAttempts: 5,
		deadlineMs: 5_000,
		onOutage: 'wait',
		limits: { concurrency: 1, perSecond: 0 },
		registry,
	});
	const http = client({ egress });
	const about = { system: 't', operation: 'o', scope: 's', repeatable: true };
	const failure = await failureOf(
		send(about, async (signal) => {
			attempts.made++;
			return await http.buffer(get(`http://localhost:${server.port}`, { signal }));
		}),
	);
	expect(failure).toMatchObject(expected);
	expect(attempts.made).toBe(1);
	expect(server.connections).toHaveLength(0);
});

test('nor a proxy that is forbidden', async () => {
	set({ HTTP_PROXY: other.origin });
	const egress = filter({ host: (host) => host === '127.0.0.1' });
	const failure = await failureOf(client({ egress }).buffer(get('http://example.invalid')));
	expect(failure).toMatchObject(expected);
	expect(other.connections).toHaveLength(0);
});

test('what is allowed passes, and the filter is asked once per address', async () => {
	const asked: string[] = [];
	const egress = filter({ url: (url) => asked.push(url) < 0 });
	const http = client({ egress });
	for (let n = 0; n < 5; n++) await http.buffer(get(other.origin));
	expect(other.requests).toHaveLength(5);
	expect(asked).toEqual([other.origin]);
});

test('a connection made without the filter is not used by those who have one', async () => {
	await client({ owner: 'the same' }).buffer(get(other.origin));
	await client({ owner: 'the same', egress: filter({}) }).buffer(get(other.origin));
	expect(other.connections).toHaveLength(2);
});
