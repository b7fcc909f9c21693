import { createPrivateKey, sign } from 'node:crypto';
import type { Clock } from '../../../shared/ground/clock';
import { repairPem } from '../../../shared/ground/pem';
import type { Redact } from '../../../shared/ground/redact';
import type { Send } from '../../../shared/resilience';
import { Failure, invalidInput } from '../../../shared/resilience/failure';
import type { HttpClient } from '../../../shared/transport/http';
import { signInRefused } from './refusal';
import type { Token } from './token';
import { tokenIn } from './token';

/** The fields of `resilientSalesforceJwtApi` that sign in. */
export interface JwtFields {
	clientId?: string;
	username?: string;
	privateKey?: string;
	privateKeyPassphrase?: string;
	/** empty: where the token is asked for */
	audience?: string;
}

export interface JwtSurroundings {
	/** scheme and host to ask for the token */
	login: string;
	http: HttpClient;
	send: Send;
	/** who shares circuit breaker and budget */
	scope: string;
	redact: Redact;
	clock: Clock;
}

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
// Salesforce takes no assertion that is good for longer.
const GOOD_FOR_S = 180;
const TIMEOUT_MS = 20_000;

/**
 * A token for the user, by an assertion that is signed with the private key (RFC 7523).
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
 */
export const byAssertion =
	(fields: JwtFields, around: JwtSurroundings) => async (): Promise<Token> => {
		const { login, http, send, scope, redact, clock } = around;
		const about = {
			system: 'salesforce',
			operation: 'Sign in',
			scope,
			repeatable: true,
			attemptTimeoutMs: TIMEOUT_MS,
		};
		return await send(about, async (signal) => {
			const assertion = assertionOf(fields, login, clock.now());
			const { status, body } = await http.buffer({
				method: 'POST',
				origin: login,
				path: '/services/oauth2/token',
				headers: {
					'content-type': 'application/x-www-form-urlencoded',
					accept: 'application/json',
				},
				body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
				signal,
			});
			const answer = jsonIn(body);
			const token = status === 200 ? tokenIn(answer, login) : undefined;
			if (token) return token;
			if (typeof answer?.error === 'string')
				throw signInRefused(
					answer.error,
					redact.text(String(answer.error_description ?? '')),
					status,
				);
			throw unexpected(status, redact.text(body.toString()));
		});
	};

/** @throws Failure that names the field which is wrong */
export function assertionOf(fields: JwtFields, login: string, nowMs: number): string {
	const { clientId, username, audience, privateKey, privateKeyPassphrase } = fields;
	const claims = {
		iss: given(clientId, 'Client ID'),
		sub: given(username, 'Username'),
		aud: audience?.trim() || login,
		exp: Math.floor(nowMs / 1_000) + GOOD_FOR_S,
	};
	const content = [{ alg: 'RS256' }, claims].map(inBase64).join('.');
	const key = keyOf(given(privateKey, 'Private Key'), privateKeyPassphrase);
	return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

function keyOf(pem: string, passphrase: string | undefined) {
	try {
		return createPrivateKey({ key: repairPem(pem), passphrase: passphrase || undefined });
	} catch (error) {
		throw invalidInput(
			`"Private Key" cannot be used: ${error instanceof Error ? error.message : String(error)}`,
			'Paste the whole key, with the lines "-----BEGIN PRIVATE KEY-----" and "-----END PRIVATE KEY-----".',
		);
	}
}

function given(value: string | undefined, field: string): string {
	if (value?.trim()) return value.trim();
	throw invalidInput(`"${field}" is empty`, `Fill in "${field}" in the credential.`);
}

const inBase64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function jsonIn(body: Buffer): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(body.toString());
		return typeof value === 'object' && value !== null ? { ...value } : undefined;
	} catch {
		return undefined;
	}
}

const unexpected = (status: number, said: string) =>
	new Failure({
		kind: status >= 500 || status === 200 ? 'unavailable' : 'invalid',
		// Nothing but a token was to be had.
		phase: 'rejected',
		code: `HTTP ${status}`,
		message: `Signing in was answered with ${status}, not in the words of Salesforce: ${said
			.replace(/<[^>]*>|\s+/g, ' ')
			.trim()
			.slice(0, 200)}`,
		hint: 'Is "My Domain" really the address of the org?',
		status,
	});
