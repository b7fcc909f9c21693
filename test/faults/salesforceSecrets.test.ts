import type { INode } from 'n8n-workflow';
import type { RecordedRequest, SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import type { Fault } from '../../sandbox/salesforce/faults.ts';
import { everythingIn, leaksIn, printedBy } from './leaks';
import type { WatchedEngine } from './watchedEngine';
import { openWatchedEngine } from './watchedEngine';
import {
	JWT,
	jwtCredential,
	numbered,
	OAUTH2,
	oAuth2Credential,
	salesforceNode,
} from './salesforceNode';

// Everything that leaves the node is searched for what the credential holds, and for the tokens that the
// server gave meanwhile.

let sandbox: SalesforceSandbox;
let watched: WatchedEngine;
beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
	watched = await openWatchedEngine();
});
afterEach(async () => await sandbox.close());

const WAYS_OF_FAILING: Record<string, [Partial<INode>, object]> = {
	throws: [{ onError: 'stopWorkflow' }, {}],
	retries: [{ onError: 'stopWorkflow', retryOnFail: true, maxTries: 2, waitBetweenTries: 1 }, {}],
	continues: [{ onError: 'continueRegularOutput' }, {}],
	'error output': [{ onError: 'continueErrorOutput' }, {}],
	'failed output': [{}, { failedOutput: true }],
};

const bearerIn = ({ headers }: RecordedRequest) =>
	/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';

let runs = 0;

/** Runs the node in every way of failing and searches all that comes out. */
async function expectNoLeak(
	authentication: 'oAuth2' | 'jwt',
	faults: (planted: Record<string, string>) => Fault[],
): Promise<void> {
	for (const [way, [node, resilience]] of Object.entries(WAYS_OF_FAILING)) {
		const oAuth2 = oAuth2Credential(sandbox);
		const { oauthTokenData, clientSecret } = oAuth2;
		watched.engine.credentials = { [OAUTH2]: oAuth2, [JWT]: jwtCredential(sandbox) };
		const planted: Record<string, string> =
			authentication === 'jwt'
				? { privateKey: sandbox.privateKey }
				: {
						clientSecret,
						accessToken: oauthTokenData.access_token,
						refreshToken: oauthTokenData.refresh_token,
					};
		sandbox.faults.clear();
		for (const fault of faults(planted)) sandbox.faults.add(fault);
		sandbox.requests.length = 0;
		watched.executions.length = 0;
		const parameters = {
			...{ authentication, resource: 'request', operation: 'send', path: '/sobjects' },
			resilience: { deadline: 1, maxAttempts: 2, onOutage: 'failFast', ...resilience },
		};
		const { value, printed } = await printedBy(
			async () =>
				await watched.engine.run(salesforceNode(`secret ${runs++}`, parameters, node), {
					items: numbered(3),
				}),
		);
		// Where the engine keeps the credential is no leak of the node.
		const text =
			everythingIn([value.outputs('E'), value.errorOf('E'), watched.executions]) +
			JSON.stringify(value.run.data);
		for (const [n, request] of sandbox.requests.entries()) {
			const token = bearerIn(request);
			if (token) planted[`token ${n}`] = token;
		}
		const failed =
			value.run.status === 'error' || /"error":|phase/.test(JSON.stringify(value.outputs('E')));
		expect({ way, failed }).toEqual({ way, failed: true });
		expect({ way, leaks: leaksIn(text, planted) }).toEqual({ way, leaks: [] });
		expect({ way, printed: leaksIn(printed, planted) }).toEqual({ way, printed: [] });
	}
}

const kinds = [
	'unavailable',
	'html420',
	'html200',
	'resetBefore',
	'resetAfter',
	'truncate',
	'hang',
	'expiredToken',
	'dailyLimit',
] as const;

describe.each(['oAuth2', 'jwt'] as const)('%s', (authentication) => {
	test.each(kinds)(
		'%s: no secret anywhere',
		async (kind) => {
			await expectNoLeak(authentication, () => [{ kind }]);
		},
		60_000,
	);

	test('an org that repeats all it is told: no secret anywhere', async () => {
		await expectNoLeak(authentication, (planted) => {
			const words = Object.values(planted).map(
				(secret) => `${secret} ${encodeURIComponent(secret)}`,
			);
			return [{ kind: 'status', status: 400, code: 'INVALID_FIELD', message: words.join(' ') }];
		});
	}, 60_000);

	test('a page of a proxy that repeats all it is told: no secret anywhere', async () => {
		await expectNoLeak(authentication, (planted) => {
			const body = `<html><body>${Object.values(planted).join('</p><p>')}</body></html>`;
			return [{ kind: 'status', status: 502, body }];
		});
	}, 60_000);
});
