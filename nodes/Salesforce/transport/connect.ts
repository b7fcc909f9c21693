import { systemClock } from '../../shared/ground/clock';
import { fingerprint } from '../../shared/ground/fingerprint';
import { growingRedactor } from '../../shared/ground/redact';
import { resilient } from '../../shared/resilience';
import type { Connection } from '../../shared/transport/connection';
import type { HttpClient } from '../../shared/transport/http';
import { httpClient } from '../../shared/transport/http';
import type { AddressFields } from './address';
import { loginUrl } from './address';
import { sharedQuota } from './apiUse';
import type { SalesforceClient } from './client';
import { sharedLongRequests } from './longRequests';
import { salesforceClient } from './salesforceClient';
import { byClientCredentials } from './signIn/clientCredentials';
import type { JwtFields } from './signIn/jwt';
import { byAssertion } from './signIn/jwt';
import { fixed, fromHost } from './signIn/oAuth2';
import type { Token } from './signIn/token';
import { tokenIn } from './signIn/token';
import type { TokenEndpoint } from './signIn/tokenEndpoint';
import type { SignIn } from './signIn/tokens';
import { sharedTokens, Tokens } from './signIn/tokens';
import { fixedVersion } from './versions';

/** The fields of both credentials: `resilientSalesforceOAuth2Api` and `resilientSalesforceJwtApi`. */
export interface SalesforceCredential extends AddressFields, JwtFields {
	/** OAuth2 only */
	grantType?: string;
	clientSecret?: string;
	/** OAuth2: what n8n has fetched and keeps */
	oauthTokenData?: unknown;
	/** empty: the newest that both sides know */
	apiVersion?: string;
	maxConcurrentRequests?: number;
	/** percent; 0: never */
	stopAtApiUse?: number;
}

export interface SalesforceConnection extends Connection {
	/** instead of our own: where n8n allows connections only through its functions */
	http?: HttpClient;
}

// Salesforce allows 25 requests that take longer than 20 seconds.
const MOST_REQUESTS = 20;
// The request that needs the token is waiting, and is tried again by itself.
const SIGN_IN_ATTEMPTS = 2;
const SIGN_IN_MS = 30_000;

/**
 * A client for one run with this credential. Nothing is sent yet.
 * @throws Failure invalid, that names the field of the credential which is wrong
 */
export function connect(
	credential: SalesforceCredential,
	connection: SalesforceConnection,
): SalesforceClient {
	const { owner, signal, egress, clock = systemClock } = connection;
	const login = loginUrl(credential);
	const scope = `salesforce ${owner} ${login}`;
	const http = connection.http ?? httpClient({ owner, egress });
	const { redact, learn } = growingRedactor();
	learn(secretsOf(credential));
	const learned = ({ accessToken }: Token) => {
		learn([accessToken]);
		connection.learn?.([accessToken]);
	};
	return salesforceClient({
		signIn: credential.grantType ? oAuth2() : jwt(),
		version: fixedVersion(credential.apiVersion),
		http,
		send: resilient({
			...connection,
			limits: { concurrency: credential.maxConcurrentRequests ?? MOST_REQUESTS, perSecond: 0 },
		}),
		scope,
		quota: sharedQuota(scope, clock),
		longRequests: sharedLongRequests(scope, clock),
		stopAtApiUse: credential.stopAtApiUse ?? 0,
		maxAttempts: connection.maxAttempts,
		signal,
		redact,
		egress,
		clock,
	});

	function oAuth2(): SignIn {
		const known = tokenIn(credential.oauthTokenData, login);
		const tokens = new Tokens(clock, known);
		const { renewToken } = connection;
		if (renewToken) return tokens.for(fromHost(renewToken, login), learned);
		return credential.grantType === 'clientCredentials'
			? tokens.for(byClientCredentials(credential, endpoint()), learned)
			: fixed(known);
	}

	function jwt(): SignIn {
		const { clientId, username, privateKey, audience } = credential;
		const who = fingerprint([scope, clientId, username, privateKey, audience]);
		return sharedTokens(who, clock).for(byAssertion(credential, endpoint()), learned);
	}

	function endpoint(): TokenEndpoint {
		const send = resilient({
			...connection,
			limits: { concurrency: 0, perSecond: 0 },
			maxAttempts: SIGN_IN_ATTEMPTS,
			deadlineMs: Math.min(connection.deadlineMs || SIGN_IN_MS, SIGN_IN_MS),
			onOutage: 'failFast',
		});
		return { login, http, send, scope: `${scope} sign-in`, redact, clock };
	}
}

/** What must never be seen outside. */
export const secretsOf = ({
	privateKey,
	privateKeyPassphrase,
	clientSecret,
	oauthTokenData,
}: SalesforceCredential): Array<string | undefined> => [
	privateKey,
	privateKeyPassphrase,
	clientSecret,
	...SECRET_TOKENS.map((name) => memberOf(oauthTokenData, name)),
];

const SECRET_TOKENS = ['access_token', 'refresh_token', 'id_token'];

function memberOf(value: unknown, name: string): string | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const member: unknown = Reflect.get(value, name);
	return typeof member === 'string' ? member : undefined;
}
