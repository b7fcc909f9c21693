import { simpleBind } from '../../nodes/Ldap/transport/requests';
import { resultFailure } from '../../nodes/Ldap/transport/failure';
import type { SignIn } from '../../nodes/Ldap/transport/session';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { Attribute } from '../../nodes/Ldap/transport/entry';
import type { LdapClientOptions } from '../../nodes/Ldap/transport/ldapClient';
import { ldapClient } from '../../nodes/Ldap/transport/ldapClient';
import { ServerList } from '../../nodes/Ldap/transport/serverList';
import type { Server } from '../../nodes/Ldap/transport/servers';
import { systemClock } from '../../nodes/shared/ground/clock';
import { redactor } from '../../nodes/shared/ground/redact';
import type { ResilienceSettings } from '../../nodes/shared/resilience';
import { resilient } from '../../nodes/shared/resilience';
import { Registry } from '../../nodes/shared/resilience/registry';
import type { Failure } from '../../nodes/shared/resilience/failure';

let clients = 0;

export const signInAs =
	(name: string, password: string): SignIn =>
	async (session) => {
		const result = await session.request(simpleBind(name, password));
		if (result.code !== 0) throw resultFailure(result, { doing: 'Bind', dn: name });
	};

export interface TestSettings extends Partial<LdapClientOptions> {
	resilience?: Partial<ResilienceSettings>;
}

/**
 * A client as the node makes it: connections, gate, budget and limiter of its own, and no pauses
 * between attempts, so that tests of retries take no time.
 */
export function clientOf(servers: Server[], settings: TestSettings = {}): LdapClient {
	const { resilience, ...options } = settings;
	const key = `test ${clients++}`;
	return ldapClient({
		encrypted: (options.encryption ?? 'none') !== 'none',
		servers: new ServerList(async () => await Promise.resolve(servers), systemClock),
		encryption: 'none',
		key,
		scope: key,
		tls: {},
		signIn: async () => {},
		connectMs: 5_000,
		maxConnections: 5,
		signal: new AbortController().signal,
		redact: redactor([]),
		send: resilient({
			maxAttempts: 5,
			deadlineMs: 20_000,
			onOutage: 'wait',
			limits: { concurrency: 50, perSecond: 0 },
			registry: new Registry(),
			random: () => 0,
			...resilience,
		}),
		...options,
	});
}

export const attribute = (type: string, ...values: string[]): Attribute => ({
	type,
	values: values.map((value) => Buffer.from(value)),
});

/** The Failure a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
	try {
		await promise;
	} catch (error) {
		return error as Failure;
	}
	throw new Error('It should have failed');
}
