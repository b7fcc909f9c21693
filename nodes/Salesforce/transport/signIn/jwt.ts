import { createPrivateKey, sign } from 'node:crypto';
import { repairPem } from '../../../shared/ground/pem';
import { invalidInput } from '../../../shared/resilience/failure';
import type { Token } from './token';
import type { TokenEndpoint } from './tokenEndpoint';
import { askForToken } from './tokenEndpoint';

/** The fields of `resilientSalesforceJwtApi` that sign in. */
export interface JwtFields {
	clientId?: string;
	username?: string;
	privateKey?: string;
	privateKeyPassphrase?: string;
	/** empty: where the token is asked for */
	audience?: string;
}

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
// Salesforce takes no assertion that is good for longer.
const GOOD_FOR_S = 180;

/**
 * A token for the user, by an assertion that is signed with the private key (RFC 7523).
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
 */
export const byAssertion =
	(fields: JwtFields, endpoint: TokenEndpoint) => async (): Promise<Token> =>
		await askForToken(endpoint, (nowMs) => ({
			grant_type: GRANT,
			assertion: assertionOf(fields, endpoint.login, nowMs),
		}));

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
