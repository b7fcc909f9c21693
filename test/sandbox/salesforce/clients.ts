import { sign } from 'node:crypto';
import { Connection } from 'jsforce';
import type { SalesforceSandbox } from '../../../sandbox/salesforce/server.ts';

/** jsforce, signed in with a token of the sandbox. */
export const jsforceClient = (sandbox: SalesforceSandbox, version = '68.0'): Connection =>
	new Connection({
		instanceUrl: sandbox.instanceUrl,
		accessToken: sandbox.accessToken(),
		version,
		maxRequest: 50,
	});

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed JWT with these claims in the place of the right ones. */
export function jwt(sandbox: SalesforceSandbox, claims: Record<string, unknown> = {}): string {
	const usual = {
		iss: sandbox.clientId,
		sub: sandbox.username,
		aud: sandbox.url,
		exp: Math.floor(sandbox.clock.now() / 1000) + 180,
	};
	const text = `${part({ alg: 'RS256' })}.${part({ ...usual, ...claims })}`;
	return `${text}.${sign('RSA-SHA256', Buffer.from(text), sandbox.privateKey).toString('base64url')}`;
}

export interface Answered {
	status: number;
	headers: Headers;
	body: unknown;
}

/** A request by hand; paths without "/services" are below that of version 68.0. */
export async function send(
	sandbox: SalesforceSandbox,
	method: string,
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<Answered> {
	const target = path.startsWith('/services') ? path : `/services/data/v68.0${path}`;
	const response = await fetch(`${sandbox.instanceUrl}${target}`, {
		method,
		headers: {
			authorization: `Bearer ${sandbox.accessToken()}`,
			...(body !== undefined && { 'content-type': 'application/json' }),
			...headers,
		},
		body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
		redirect: 'manual',
	});
	const text = await response.text();
	const json = /json/.test(response.headers.get('content-type') ?? '');
	return {
		status: response.status,
		headers: response.headers,
		body: json && text !== '' ? JSON.parse(text) : text,
	};
}
