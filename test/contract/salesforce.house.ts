import type { RecordedRequest } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import type { Engine } from '../engine/engine';
import type { House } from './house';
import { accessExamples } from './salesforce/access';
import { compositeExamples } from './salesforce/composite';
import { eventExamples } from './salesforce/events';
import { processExamples } from './salesforce/process';
import { queryExamples } from './salesforce/query';
import { recordExamples } from './salesforce/records';

/** The Salesforce sandbox, with what the examples need. */
export async function openSalesforce(engine: Engine): Promise<House> {
	const sandbox = await startSalesforceSandbox();
	let made = 0;
	const org = {
		sandbox,
		engine,
		numbers: (count: number) => Array.from({ length: count }, () => made++),
	};

	const oAuth2 = 'resilientSalesforceOAuth2Api';
	const jwt = 'resilientSalesforceJwtApi';
	const { url: myDomain, clientId, clientSecret, privateKey, username } = sandbox;
	const token = sandbox.accessToken();
	const connected = {
		...{ myDomain, grantType: 'pkce', apiVersion: '68.0', clientId, clientSecret },
		oauthTokenData: { access_token: token, instance_url: sandbox.url },
	};
	const keyed = { myDomain, clientId, username, privateKey };
	const says = new RegExp(
		String.raw`^Sandbox Example GmbH \(${sandbox.organizationId}\): Developer Edition sandbox on SBX1, user ${username}, API 68\.0; \d+ of \d+ API requests`,
	);
	const toToken = ({ path }: RecordedRequest) => path === '/services/oauth2/token';
	return {
		credentials: { [oAuth2]: connected, [jwt]: keyed },
		secrets: [token, clientSecret],
		examples: {
			...accessExamples(org),
			...compositeExamples(org),
			...eventExamples(org),
			...processExamples(org),
			...queryExamples(org),
			...recordExamples(org),
		},
		credentialCases: [
			{ what: 'good', type: jwt, data: keyed, says },
			{ what: 'good', type: oAuth2, data: connected, says },
			{
				what: 'good',
				type: oAuth2,
				data: { ...connected, grantType: 'clientCredentials', oauthTokenData: {} },
				says,
			},
			{
				what: 'wrong secret',
				type: jwt,
				data: { ...keyed, clientId: '3MVG9nobody' },
				says: /invalid_client_id: .*client identifier invalid.*Check client ID/,
			},
			{
				what: 'wrong secret',
				type: jwt,
				data: { ...keyed, privateKey: '-----BEGIN PRIVATE KEY-----\nMIIE' },
				says: /"Private Key" cannot be used/,
			},
			{
				what: 'wrong secret',
				type: oAuth2,
				data: {
					...connected,
					grantType: 'clientCredentials',
					oauthTokenData: {},
					clientSecret: 'wrong-secret-5a1b',
				},
				says: /invalid_client.*Check client ID and secret/,
			},
			{
				what: 'wrong secret',
				type: oAuth2,
				data: { ...connected, oauthTokenData: { access_token: '00Dxx!gone' } },
				says: /INVALID_SESSION_ID.*n8n renews it when a workflow runs/,
			},
			{
				what: 'unreachable host',
				type: jwt,
				data: { ...keyed, myDomain: 'http://127.0.0.1:9' },
				says: /ECONNREFUSED.*Check host and port/,
			},
			{
				what: 'unreachable host',
				type: jwt,
				data: { ...keyed, myDomain: 'http://mycompany.my.salesforce.com' },
				says: /not encrypted/,
			},
			{
				what: 'not allowed',
				type: jwt,
				data: { ...keyed, username: 'admin@sandbox.example' },
				says: /hasn't approved this consumer.*pre-authorize/,
			},
			{
				what: 'not allowed',
				type: oAuth2,
				data: { ...connected, oauthTokenData: {} },
				says: /Connect the credential/,
			},
			{
				what: 'not allowed',
				type: jwt,
				data: keyed,
				before: () => void sandbox.faults.add({ kind: 'dailyLimit' }),
				says: /REQUEST_LIMIT_EXCEEDED.*last 24 hours/,
			},
		],
		refusedWith: 400,
		delayFirst: (ms) => void sandbox.faults.add({ kind: 'lateAnswer', ms, times: 1 }),
		refuse: (message, times) =>
			void sandbox.faults.add({
				kind: 'status',
				status: 400,
				code: 'INVALID_FIELD',
				message,
				times,
				match: (request) => !toToken(request),
			}),
		hang: () => void sandbox.faults.add({ kind: 'hang' }),
		heal: () => sandbox.faults.clear(),
		requests: () => sandbox.requests.length,
		held: () => sandbox.openConnections(),
		close: async () => await sandbox.close(),
	};
}
