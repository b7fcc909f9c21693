import { verify } from 'node:crypto';
import { isObject } from '../body.ts';
import type { Org } from '../org.ts';
import { OAuthError } from './error.ts';

const invalid = (description: string) => new OAuthError('invalid_grant', description);

/** The assertion may live three minutes; clocks may differ by two more. */
const longestMs = 5 * 60 * 1000;
const hour = 60 * 60 * 1000;
const logins = new WeakMap<Org, Map<string, number[]>>();

/**
 * Whom a JWT signs in.
 * https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
 * @throws OAuthError
 */
export function jwtUser(org: Org, assertion: string): { userId: string; clientId: string } {
	const [head = '', payload = '', signature = ''] = assertion.split('.');
	const header = part(head);
	const claims = part(payload);
	if (header.alg !== 'RS256') throw invalid('invalid assertion');
	const app = org.apps.get(String(claims.iss));
	if (!app) throw new OAuthError('invalid_client_id', 'client identifier invalid');
	const signed = Buffer.from(`${head}.${payload}`);
	if (!verify('RSA-SHA256', signed, app.publicKey, Buffer.from(signature, 'base64url'))) {
		throw invalid('invalid assertion');
	}
	const audiences = [
		org.loginUrl,
		org.domainUrl,
		'https://login.salesforce.com',
		'https://test.salesforce.com',
	];
	if (![claims.aud].flat().some((audience) => audiences.includes(String(audience)))) {
		throw invalid('audience is invalid');
	}
	const expiresInMs = Number(claims.exp) * 1000 - org.clock.now();
	if (!(expiresInMs > 0)) throw invalid('expired authorization code');
	if (expiresInMs > longestMs) throw invalid('assertion expiry is too far in the future');
	const username = String(claims.sub ?? claims.prn);
	const user = org.userNamed(username);
	if (!user || user.values.IsActive === false || !app.approved.has(username)) {
		throw invalid("user hasn't approved this consumer");
	}
	countLogin(org, user.id);
	return { userId: user.id, clientId: app.clientId };
}

function part(text: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
		if (isObject(value)) return value;
	} catch {
		// No JSON: the same answer.
	}
	throw invalid('invalid assertion');
}

/** @throws OAuthError login rate exceeded */
function countLogin(org: Org, userId: string): void {
	const ofOrg = logins.get(org) ?? new Map<string, number[]>();
	logins.set(org, ofOrg);
	const since = org.clock.now() - hour;
	const recent = (ofOrg.get(userId) ?? []).filter((at) => at > since);
	if (recent.length >= org.settings.jwtLoginsPerHour) throw invalid('login rate exceeded');
	ofOrg.set(userId, [...recent, org.clock.now()]);
}
