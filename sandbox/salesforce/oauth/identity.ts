import { json, type Answer } from '../answer.ts';
import { refusal } from '../errors.ts';
import { normalId } from '../ids.ts';
import type { Org } from '../org.ts';
import type { Call } from '../router.ts';
import type { Row } from '../store/row.ts';

const restUrls = {
	enterprise: '/services/Soap/c/{version}/',
	metadata: '/services/Soap/m/{version}/',
	partner: '/services/Soap/u/{version}/',
	rest: '/services/data/v{version}/',
	sobjects: '/services/data/v{version}/sobjects/',
	search: '/services/data/v{version}/search/',
	query: '/services/data/v{version}/query/',
	recent: '/services/data/v{version}/recent/',
	tooling_rest: '/services/data/v{version}/tooling/',
};

/** The user of the token of a request. @throws ApiError 403 as the identity service says it */
function signedIn({ org, request }: Call): Row {
	const bearer = /^(?:Bearer|OAuth) (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
	const token = bearer ?? request.query.get('oauth_token') ?? request.query.get('access_token');
	const session = token ? org.sessions.of(token) : undefined;
	const user = session && org.store.find(session.userId);
	if (!user) throw refusal('INVALID_SESSION_ID', 'Session expired or invalid');
	return user;
}

const urlsOf = (org: Org, userId: string) => ({
	...Object.fromEntries(
		Object.entries(restUrls).map(([name, path]) => [name, org.instanceUrl + path]),
	),
	profile: `${org.instanceUrl}/${userId}`,
	custom_domain: org.domainUrl,
});

/** GET /services/oauth2/userinfo */
export function userinfo(call: Call): Answer {
	const { org } = call;
	try {
		const { id, values } = signedIn(call);
		return json({
			sub: `${org.loginUrl}/id/${org.id}/${id}`,
			user_id: id,
			organization_id: org.id,
			preferred_username: values.Username,
			nickname: values.CommunityNickname,
			name: org.store.read(id)?.Name,
			email: values.Email,
			email_verified: true,
			given_name: values.FirstName,
			family_name: values.LastName,
			zoneinfo: values.TimeZoneSidKey,
			urls: urlsOf(org, id),
			active: values.IsActive,
			user_type: 'STANDARD',
			language: values.LanguageLocaleKey,
			locale: values.LocaleSidKey,
			utcOffset: -28800000,
			updated_at: String(values.LastModifiedDate).replace('.000+0000', 'Z'),
		});
	} catch {
		// This service answers in plain words, not as the REST API does.
		return {
			status: 403,
			headers: { 'content-type': 'text/html;charset=UTF-8' },
			body: 'Bad_OAuth_Token',
		};
	}
}

/** GET /id/ORGANIZATION/USER */
export function identity(call: Call): Answer {
	const { org, params } = call;
	try {
		const { id, values } = signedIn(call);
		if (normalId(params.organization ?? '') !== org.id || normalId(params.user ?? '') !== id) {
			return { status: 403, body: 'Wrong_Org' };
		}
		return json({
			id: `${org.loginUrl}/id/${org.id}/${id}`,
			asserted_user: true,
			user_id: id,
			organization_id: org.id,
			username: values.Username,
			nick_name: values.CommunityNickname,
			display_name: org.store.read(id)?.Name,
			email: values.Email,
			email_verified: true,
			first_name: values.FirstName,
			last_name: values.LastName,
			timezone: values.TimeZoneSidKey,
			active: values.IsActive,
			user_type: 'STANDARD',
			language: values.LanguageLocaleKey,
			locale: values.LocaleSidKey,
			utcOffset: -28800000,
			urls: urlsOf(org, id),
			last_modified_date: String(values.LastModifiedDate).replace('.000+0000', 'Z'),
			is_app_installed: true,
		});
	} catch {
		return {
			status: 403,
			headers: { 'content-type': 'text/html;charset=UTF-8' },
			body: 'Bad_OAuth_Token',
		};
	}
}

/**
 * GET /services/oauth2/authorize: the user of the app is signed in to the browser already and has
 * approved it, so the answer goes straight back to the client.
 */
export function authorize({ org, request }: Call): Answer {
	const { query } = request;
	const back = query.get('redirect_uri') ?? '';
	const app = org.apps.get(query.get('client_id') ?? '');
	if (!app) {
		return {
			status: 400,
			body: 'error=invalid_client_id&error_description=client%20identifier%20invalid',
		};
	}
	if (!URL.canParse(back)) {
		return {
			status: 400,
			body: 'error=redirect_uri_mismatch&error_description=redirect_uri%20must%20match%20configuration',
		};
	}
	const location = new URL(back);
	const state = query.get('state');
	if (state !== null) location.searchParams.set('state', state);
	if (query.get('response_type') !== 'code') {
		location.searchParams.set('error', 'unsupported_response_type');
	} else {
		const code = org.sessions.newCode({
			userId: org.userNamed(app.runAs)?.id ?? '',
			clientId: app.clientId,
			scope: query.get('scope') ?? 'api refresh_token',
			redirectUri: back,
			codeChallenge: query.get('code_challenge') ?? undefined,
		});
		location.searchParams.set('code', code);
	}
	return { status: 302, headers: { location: location.href } };
}
