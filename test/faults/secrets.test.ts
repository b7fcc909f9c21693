import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import path from 'node:path';
import type { INode } from 'n8n-workflow';
import type { FaultKind } from '../../sandbox/faults/proxy.ts';
import { everythingIn, leaksIn, printedBy } from './leaks';
import type { FaultyStorage } from './storage';
import {
	account,
	createBucket,
	s3Node,
	startFaultyStorage,
	textItems,
	uploadText,
} from './storage';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';

// Secrets are planted in the credential, and everything that leaves the node is searched for them.

const { privateKey } = generateKeyPairSync('ec', {
	namedCurve: 'P-256',
	publicKeyEncoding: { type: 'spki', format: 'pem' },
	privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const planted = {
	secretAccessKey: account.secretAccessKey,
	// As long as real ones, so that a text cut to length ends within it.
	sessionToken: `planted-token/${Array.from({ length: 40 }, (_, n) => `Part+${n * 7919}=`).join('')}`,
	clientKey: privateKey,
	clientKeyPassphrase: 'planted passphrase of the client key',
};

const fixture = (name: string) => readFileSync(path.join(__dirname, 'fixtures', name), 'utf8');

let storage: FaultyStorage;
let watched: WatchedEngine;
const servers: Server[] = [];
beforeAll(async () => {
	const who = { ...account, sessionToken: planted.sessionToken };
	storage = await startFaultyStorage({ dripMs: 20 }, who);
	watched = await openWatchedEngine();
	watched.engine.credentials.resilientS3Api = storage.credential;
	await watched.engine.run(s3Node('setup', createBucket));
});
afterEach(async () => {
	await storage.proxy.outage('off');
	storage.proxy.faults = () => 'pass';
	for (const server of servers.splice(0)) server.close();
});
afterAll(async () => await storage.close());

async function listening(server: Server): Promise<number> {
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

const WAYS_OF_FAILING: Record<string, [Partial<INode>, object]> = {
	throws: [{ onError: 'stopWorkflow' }, {}],
	retries: [{ onError: 'stopWorkflow', retryOnFail: true, maxTries: 2, waitBetweenTries: 1 }, {}],
	continues: [{ onError: 'continueRegularOutput' }, {}],
	'error output': [{ onError: 'continueErrorOutput' }, {}],
	'failed output': [{}, { failedOutput: true }],
};

let runs = 0;

/** Runs the node in every way of failing and searches all that comes out. */
async function expectNoLeak(credential: Record<string, string | number | boolean>): Promise<void> {
	watched.engine.credentials.resilientS3Api = { ...storage.credential, ...planted, ...credential };
	for (const [way, [node, resilience]] of Object.entries(WAYS_OF_FAILING)) {
		const parameters = uploadText({
			deadline: 1,
			maxAttempts: 2,
			onOutage: 'failFast',
			...resilience,
		});
		watched.executions.length = 0;
		const { value, printed } = await printedBy(
			async () =>
				await watched.engine.run(s3Node(`secret ${runs++}`, parameters, node), {
					items: textItems('secret', 3),
				}),
		);
		const text = everythingIn([value.run, watched.executions]) + JSON.stringify(value.run.data);
		const failed =
			value.run.status === 'error' ||
			/"error":|may have been|phase/.test(JSON.stringify(value.outputs('E')));
		expect({ way, failed }).toEqual({ way, failed: true });
		expect({ way, leaks: leaksIn(text, planted) }).toEqual({ way, leaks: [] });
		expect({ way, printed: leaksIn(printed, planted) }).toEqual({ way, printed: [] });
	}
}

test.each<FaultKind>([
	'throttle',
	'unavailable',
	'error',
	'resetBefore',
	'resetAfter',
	'truncate',
	'halfOpen',
	'drip',
])(
	'%s: no secret anywhere',
	async (kind) => {
		storage.proxy.faults = () => kind;
		await expectNoLeak({});
	},
	60_000,
);

test('a server that is not there: no secret anywhere', async () => {
	await storage.proxy.outage('refuse');
	await expectNoLeak({});
}, 60_000);

test.each([
	['a wrong secret key', { secretAccessKey: `${planted.secretAccessKey}x` }],
	['a wrong session token', { sessionToken: `${planted.sessionToken}x` }],
	['a wrong access key', { accessKeyId: 'AKIANOSUCHKEY0000000' }],
	['a wrong region', { region: 'mars-north-1' }],
	['an address without a server', { endpoint: 'http://127.0.0.1:1' }],
	['an address that is none', { endpoint: 'not an address' }],
])(
	'%s: no secret anywhere',
	async (_name, wrong) => {
		if ('region' in wrong) storage.proxy.faults = () => 'error';
		await expectNoLeak(wrong);
	},
	60_000,
);

test.each([
	['a server that speaks no TLS', {}, false],
	['a certificate nobody trusts', {}, true],
	['a client key that is no key', { clientKey: `${planted.clientKey.slice(0, 80)}` }, true],
	[
		'a client key of another certificate',
		{ clientCertificate: fixture('untrusted.cert.pem'), allowUnauthorizedCerts: true },
		true,
	],
	['a CA that is no certificate', { ca: 'no certificate' }, true],
])(
	'TLS, %s: no secret anywhere',
	async (_name, wrong, tls) => {
		const identity = { key: fixture('untrusted.key.pem'), cert: fixture('untrusted.cert.pem') };
		const answer = (_: unknown, response: { writeHead(n: number): { end(): void } }) =>
			response.writeHead(503).end();
		const port = await listening(
			tls ? createHttpsServer(identity, answer) : createHttpServer(answer),
		);
		await expectNoLeak({ endpoint: `https://127.0.0.1:${port}`, ...wrong });
	},
	60_000,
);

/** All that a request carried, as a debugging server or a careless proxy would show it. */
const shown = ({ method, url, rawHeaders }: IncomingMessage) =>
	`${method} ${url} ${rawHeaders.join(' ')}`;

const xml = (request: IncomingMessage) => {
	const safe = shown(request).replace(/&/g, '&amp;').replace(/</g, '&lt;');
	return `<Error><Code>Echo</Code><Message>${safe}</Message></Error>`;
};

test.each<[string, number, (request: IncomingMessage) => string]>([
	['in XML, refusing', 400, xml],
	['in XML, failing', 500, xml],
	['as text', 400, shown],
	['as text, the token first', 502, ({ headers }) => String(headers['x-amz-security-token'])],
	['in HTML', 503, (request) => `<html><body><pre>${shown(request)}</pre></body></html>`],
	[
		'as the code of an error',
		400,
		({ headers }) => `<Error><Code>${headers['x-amz-security-token']}</Code></Error>`,
	],
])(
	'a server that shows what it was sent, %s: no secret anywhere',
	async (_name, status, echo) => {
		const port = await listening(
			createHttpServer((request, response) => {
				request.resume();
				request.once('end', () => response.writeHead(status).end(echo(request)));
			}),
		);
		await expectNoLeak({ endpoint: `http://127.0.0.1:${port}` });
	},
	60_000,
);

test('the search finds what is hidden: in causes, hidden properties, pieces and encodings', () => {
	const secrets = { key: 'planted/secret+0123456789' };
	const hidden = Object.defineProperty(new Error('x'), 'secret', { value: secrets.key });
	for (const leak of [
		new Error('x', { cause: new Error(secrets.key) }),
		hidden,
		{ deep: [{ map: new Map([['a', `cut off: ${secrets.key.slice(0, 18)}`]]) }] },
		encodeURIComponent(secrets.key),
		Buffer.from(secrets.key).toString('base64'),
	])
		expect(leaksIn(everythingIn(leak), secrets)).toEqual(['key']);
	expect(leaksIn(everythingIn({ fine: 'planted' }), secrets)).toEqual([]);
});
