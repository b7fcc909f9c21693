import { createHash, createHmac } from 'node:crypto';
import { empty, json, type Answer } from '../answer.ts';
import type { Call } from '../router.ts';
import type { App } from './apps.ts';
import { OAuthError } from './error.ts';
import { jwtUser } from './jwt.ts';
import type { Grant } from './sessions.ts';

/** What a grant gives: whom it signs in, and whether a refresh token comes with it. */
interface Granted extends Grant {
	withRefreshToken: boolean;
}

type GrantHandler = (call: Call, form: URLSearchParams) => Granted;

const usualScope = 'api refresh_token';

/** The app, by the form or by HTTP Basic. @throws OAuthError invalid_client_id */
function appOf({ org, request }: Call, form: URLSearchParams): { app: App; secret: string } {
	const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
	const [id, ...rest] = basic ? Buffer.from(basic, 'base64').toString().split(':') : [];
	const clientId = form.get('client_id') ?? (id && decodeURIComponent(id)) ?? '';
	const app = org.apps.get(clientId);
	if (!app) throw new OAuthError('invalid_client_id', 'client identifier invalid');
	return { app, secret: form.get('client_secret') ?? decodeURIComponent(rest.join(':')) };
}

/** What these grants give is what the app has. A parameter without a value is none (RFC 6749 section 3.2). */
function checkNoScope(form: URLSearchParams): void {
	if (form.get('scope')) throw new OAuthError('invalid_request', 'scope parameter not supported');
}

function checkSecret(app: App, secret: string, required: boolean): void {
	if (secret === app.clientSecret || (secret === '' && !required)) return;
	throw new OAuthError('invalid_client', 'invalid client credentials');
}

const handlers: Record<string, GrantHandler> = {
	/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm */
	client_credentials(call, form) {
		const { app, secret } = appOf(call, form);
		if (call.request.origin === call.org.loginUrl) {
			throw new OAuthError('invalid_grant', 'request not supported on this domain');
		}
		checkSecret(app, secret, true);
		checkNoScope(form);
		const userId = call.org.userNamed(app.runAs)?.id;
		if (!userId) throw new OAuthError('invalid_grant', 'no client credentials user enabled');
		return { userId, clientId: app.clientId, scope: 'api', withRefreshToken: false };
	},
	'urn:ietf:params:oauth:grant-type:jwt-bearer'(call, form) {
		const { userId, clientId } = jwtUser(call.org, form.get('assertion') ?? '');
		return { userId, clientId, scope: 'api', withRefreshToken: false };
	},
	refresh_token(call, form) {
		const { app, secret } = appOf(call, form);
		const grant = call.org.sessions.refresh(form.get('refresh_token') ?? '');
		if (!grant || grant.clientId !== app.clientId) {
			throw new OAuthError('invalid_grant', 'expired access/refresh token');
		}
		checkSecret(app, secret, false);
		checkNoScope(form);
		return { ...grant, withRefreshToken: false };
	},
	authorization_code(call, form) {
		const { app, secret } = appOf(call, form);
		const grant = call.org.sessions.takeCode(form.get('code') ?? '');
		if (!grant || grant.clientId !== app.clientId) {
			throw new OAuthError('invalid_grant', 'invalid authorization code');
		}
		if ((grant.expiresAt ?? 0) < call.org.clock.now()) {
			throw new OAuthError('invalid_grant', 'expired authorization code');
		}
		if (grant.redirectUri !== form.get('redirect_uri')) {
			throw new OAuthError('redirect_uri_mismatch', 'redirect_uri must match configuration');
		}
		const verifier = form.get('code_verifier') ?? '';
		const challenge = createHash('sha256').update(verifier).digest('base64url');
		if (grant.codeChallenge !== undefined && grant.codeChallenge !== challenge) {
			throw new OAuthError('invalid_grant', 'invalid code verifier');
		}
		checkSecret(app, secret, grant.codeChallenge === undefined);
		return { ...grant, withRefreshToken: /\brefresh_token\b|\bfull\b/.test(grant.scope) };
	},
};

/** POST /services/oauth2/token */
export function token(call: Call): Answer {
	try {
		const form = new URLSearchParams(call.request.body.toString());
		const type = form.get('grant_type') ?? '';
		const handler = handlers[type];
		if (!handler) throw new OAuthError('unsupported_grant_type', 'grant type not supported');
		return issue(call, handler(call, form));
	} catch (error) {
		if (error instanceof OAuthError) return error.answer;
		throw error;
	}
}

/** The answer of a successful grant. It says nothing of when the token expires. */
function issue({ org }: Call, granted: Granted): Answer {
	const { userId, clientId, scope = usualScope, withRefreshToken } = granted;
	const session = org.sessions.begin(org.id, { userId, clientId, scope });
	const id = `${org.loginUrl}/id/${org.id}/${userId}`;
	const issuedAt = String(org.clock.now());
	const secret = org.apps.get(clientId)?.clientSecret ?? '';
	return json(
		{
			access_token: session.token,
			...(withRefreshToken && { refresh_token: org.sessions.newRefreshToken(granted) }),
			signature: createHmac('sha256', secret)
				.update(id + issuedAt)
				.digest('base64'),
			scope,
			instance_url: org.instanceUrl,
			id,
			token_type: 'Bearer',
			issued_at: issuedAt,
		},
		200,
		{ 'cache-control': 'no-cache, no-store', pragma: 'no-cache' },
	);
}

/** POST /services/oauth2/revoke: of an access token or a refresh token. */
export function revoke({ org, request }: Call): Answer {
	const form = new URLSearchParams(request.body.toString());
	const given = form.get('token') ?? request.query.get('token') ?? '';
	if (org.sessions.revoke(given)) return empty(200);
	if (!org.sessions.of(given)) {
		return new OAuthError('unsupported_token_type', 'this token type is not supported').answer;
	}
	org.sessions.end(given);
	return empty(200);
}
