import { listObjects } from '../../../nodes/S3/transport/listing';
import { putObject } from '../../../nodes/S3/transport/objects';
import { failureOf } from '../clientOf';
import { SignInBench } from './bench';
import { EXTERNAL_ID, refused, ROLE, USER } from './issuer';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let bench: SignInBench;
beforeAll(async () => {
	bench = await SignInBench.open();
});
afterAll(async () => await bench.close());
beforeEach(() => bench.reset());

const calls = () => bench.issuer.calls.length;

test('the role is asked for as the credential says, signed with the keys of the user', async () => {
	await bench.ask(
		bench.run({
			roleSessionName: 'nightly',
			roleDuration: 1_800,
			sessionPolicy: '{\n  "Version": "2012-10-17", "Statement": []\n}',
		}),
	);
	expect(bench.issuer.calls).toMatchObject([
		{
			action: 'AssumeRole',
			status: 200,
			scope: expect.stringMatching(/^\d{8}\/us-east-1\/sts\/aws4_request$/),
			form: {
				RoleArn: ROLE,
				RoleSessionName: 'nightly',
				DurationSeconds: '1800',
				ExternalId: EXTERNAL_ID,
				Policy: '{"Version":"2012-10-17","Statement":[]}',
			},
		},
	]);
	expect(bench.lastKey()).toMatch(/^ASIA/);
});

test('2,000 objects need one call', async () => {
	const s3 = bench.run();
	let next = 0;
	const worker = async () => {
		while (next < 2_000) await putObject(s3, 'box', `k${next++}`, Buffer.from('x'), {});
	};
	await Promise.all(Array.from({ length: 50 }, worker));
	expect(bench.sandbox.requests.filter(({ status }) => status === 200)).toHaveLength(2_000);
	expect(calls()).toBe(1);
}, 60_000);

test('all runs of a credential share the keys, other credentials have their own', async () => {
	await Promise.all([bench.run(), bench.run(), bench.run()].map((s3) => bench.ask(s3)));
	await bench.ask(bench.run());
	expect(calls()).toBe(1);
	await bench.ask(bench.run({}, { owner: 'somebody else' }));
	expect(calls()).toBe(2);
	await bench.ask(bench.run({ roleSessionName: 'changed' }));
	expect(calls()).toBe(3);
});

describe('before the keys expire', () => {
	test('they are renewed beside the requests, once', async () => {
		const s3 = bench.run();
		await bench.ask(s3);
		const first = bench.lastKey();
		bench.ahead = HOUR - 6 * MINUTE;
		await bench.ask(s3);
		expect(calls()).toBe(1);
		bench.ahead = HOUR - 4 * MINUTE;
		bench.issuer.delayMs = 300;
		await Promise.all(Array.from({ length: 50 }, () => bench.ask(s3)));
		// Nobody waited for the new ones.
		expect(bench.lastKey()).toBe(first);
		await new Promise((resolve) => setTimeout(resolve, 500));
		await bench.ask(s3);
		expect(bench.lastKey()).not.toBe(first);
		expect(calls()).toBe(2);
	});

	test('an issuer that fails is not noticed, and not asked by every request', async () => {
		const s3 = bench.run();
		await bench.ask(s3);
		bench.issuer.refusals.push(...Array.from({ length: 9 }, () => refused('AccessDenied', 403)));
		bench.ahead = HOUR - 4 * MINUTE;
		for (let n = 0; n < 20; n++) await bench.ask(s3);
		expect(calls()).toBe(2);
		bench.ahead += MINUTE;
		for (let n = 0; n < 20; n++) await bench.ask(s3);
		expect(calls()).toBe(3);
		expect(bench.sandbox.requests.every(({ status }) => status === 200)).toBe(true);
		bench.ahead = HOUR + 1;
		expect(await failureOf(bench.ask(s3))).toMatchObject({ code: 'AccessDenied' });
	});

	test('keys that live shortly are used for two thirds of their time', async () => {
		bench.issuer.lifetimeMs = 9 * MINUTE;
		const s3 = bench.run();
		await bench.ask(s3);
		bench.ahead = 5 * MINUTE;
		await bench.ask(s3);
		expect(calls()).toBe(1);
		bench.ahead = 7 * MINUTE;
		await bench.ask(s3);
		await new Promise((resolve) => setTimeout(resolve, 100));
		expect(calls()).toBe(2);
	});
});

test('expired keys are not used: all wait for the new ones, of one call', async () => {
	const s3 = bench.run();
	await bench.ask(s3);
	const first = bench.lastKey();
	bench.ahead = HOUR + 1;
	await Promise.all(Array.from({ length: 50 }, () => bench.ask(s3)));
	expect(calls()).toBe(2);
	const used = bench.sandbox.requests.slice(1).map(({ headers }) => headers.authorization ?? '');
	expect(used.some((header) => header.includes(`${first}/`))).toBe(false);
});

describe('when the server calls the keys expired', () => {
	/** The keys of the last request; without one, all keys. */
	const expire = (key = '') =>
		bench.sandbox.faults.add({
			kind: 'status',
			status: 400,
			code: 'ExpiredToken',
			match: ({ headers }) => headers.authorization?.includes(key) === true,
		});
	const list = async (s3: ReturnType<typeof bench.run>) => {
		for await (const _page of listObjects(s3, 'box', { limit: 1 }));
	};

	test('new ones are fetched, once for all requests', async () => {
		const s3 = bench.run();
		await list(s3);
		bench.ahead = 10 * MINUTE;
		expire(bench.lastKey());
		await Promise.all(Array.from({ length: 20 }, () => list(s3)));
		expect(calls()).toBe(2);
	});

	test('new ones are fetched also where the answer, to HEAD, cannot say why', async () => {
		const s3 = bench.run();
		await bench.ask(s3);
		const first = bench.lastKey() ?? 'none';
		bench.ahead = 10 * MINUTE;
		// Amazon names the region of the bucket in every answer about it.
		bench.sandbox.faults.add({
			kind: 'status',
			status: 400,
			code: 'ExpiredToken',
			headers: { 'x-amz-bucket-region': 'us-east-1' },
			match: ({ headers }) => headers.authorization?.includes(first) === true,
		});
		await Promise.all(Array.from({ length: 20 }, () => bench.ask(s3)));
		expect(calls()).toBe(2);
	});

	test('fresh keys are not exchanged for others again and again', async () => {
		const s3 = bench.run();
		expire();
		for (let n = 0; n < 5; n++)
			expect(await failureOf(list(s3))).toMatchObject({ code: 'ExpiredToken', attempts: 1 });
		expect(calls()).toBe(1);
	});

	test('a session token that somebody typed in cannot be renewed', async () => {
		expire();
		const failure = await failureOf(list(bench.run({ authentication: 'accessKeys' })));
		expect(failure).toMatchObject({ code: 'ExpiredToken', hint: /put a new one/ });
		expect(bench.sandbox.requests).toHaveLength(1);
		const bare = await failureOf(bench.ask(bench.run({ authentication: 'accessKeys' })));
		expect(bare).toMatchObject({ code: 'ExpiredToken', hint: /put a new one/ });
	});
});

describe('cancel', () => {
	test('of one run does not take the keys from another', async () => {
		bench.issuer.delayMs = 200;
		const stop = new AbortController();
		const cancelled = failureOf(bench.ask(bench.run({}, { signal: stop.signal })));
		const other = bench.ask(bench.run());
		setTimeout(() => stop.abort(), 50);
		expect(await cancelled).toMatchObject({ code: 'CANCELLED' });
		await other;
		expect(calls()).toBe(1);
	});

	test('of all who wait ends the call, and the next one begins a new one', async () => {
		bench.issuer.delayMs = 5_000;
		const stop = new AbortController();
		const stopped = () => bench.run({}, { signal: stop.signal });
		const waiting = [stopped(), stopped()].map((s3) => failureOf(bench.ask(s3)));
		setTimeout(() => stop.abort(), 100);
		const startedAt = performance.now();
		for (const failure of await Promise.all(waiting)) expect(failure.code).toBe('CANCELLED');
		expect(performance.now() - startedAt).toBeLessThan(2_000);
		bench.issuer.delayMs = 0;
		await bench.ask(bench.run());
	});
});

describe('an STS that refuses', () => {
	test.each<[string, number, RegExp]>([
		['AccessDenied', 403, /trust policy/],
		['InvalidClientTokenId', 403, /access key ID/],
		['SignatureDoesNotMatch', 403, /secret access key/],
		['ExpiredToken', 400, /session token/],
		['MalformedPolicyDocument', 400, /"Session Policy"/],
		['PackedPolicyTooLarge', 400, /Shorten "Session Policy"/],
		['RegionDisabledException', 403, /Switch STS on/],
		['ValidationError', 400, /duration/],
		['MethodNotAllowed', 405, /no STS at this address/],
		['SomethingNew', 418, /^$/],
	])('%s is said with what to do, and stops the run', async (code, status, hint) => {
		bench.issuer.refusals.push(refused(code, status, 'No, because.'));
		const failure = await failureOf(bench.ask(bench.run()));
		expect(failure).toMatchObject({ code, kind: 'auth', scope: 'credential', phase: 'notSent' });
		expect(failure.message).toMatch(/^No, because\. — AssumeRole at 127\.0\.0\.1:/);
		expect(failure.hint ?? '').toMatch(hint);
		expect(calls()).toBe(1);
		expect(bench.sandbox.requests).toHaveLength(0);
	});

	test.each([
		['Throttling', 400],
		['ServiceUnavailable', 503],
		['InternalFailure', 500],
		['IDPCommunicationError', 400],
	])('%s passes, and the request is sent', async (code, status) => {
		bench.issuer.refusals.push(refused(code, status));
		await bench.ask(bench.run());
		expect(calls()).toBe(2);
		expect(bench.sandbox.requests).toHaveLength(1);
	});

	test.each([
		['a page of a proxy', { status: 200, body: '<html>Log in</html>' }],
		['nothing', { status: 200, body: '' }],
		['a page with an error', { status: 502, body: '<html>Bad gateway</html>' }],
	])('%s is no key', async (_what, answer) => {
		bench.issuer.refusals.push(...Array.from({ length: 20 }, () => answer));
		const failure = await failureOf(bench.ask(bench.run({}, { maxAttempts: 1 })));
		expect(failure).toMatchObject({ kind: 'unavailable', phase: 'notSent' });
		expect(bench.sandbox.requests).toHaveLength(0);
	});

	test('whose clock is another one is asked with its time', async () => {
		bench.issuer.now = () => Date.now() + 20 * MINUTE;
		await bench.ask(bench.run());
		bench.issuer.now = () => Date.now() + bench.ahead;
		expect(calls()).toBe(2);
	});

	test('that is not there: nothing was sent', async () => {
		const once = { maxAttempts: 1, onOutage: 'failFast' } as const;
		const failure = await failureOf(
			bench.ask(bench.run({ stsEndpoint: 'http://127.0.0.1:9' }, once)),
		);
		expect(failure).toMatchObject({ code: 'ECONNREFUSED', phase: 'notSent' });
	});
});

test('no secret is shown, neither of the user nor of the role', async () => {
	const s3 = bench.run();
	await bench.ask(s3);
	const [secret = '', token = ''] = bench.learned;
	expect([secret, token]).toEqual([
		expect.stringMatching(/^issued/),
		expect.stringMatching(/^token/),
	]);
	const said = `${secret} ${token} ${encodeURIComponent(token)} ${EXTERNAL_ID} ${USER.secretAccessKey}`;
	bench.sandbox.faults.add({ kind: 'status', status: 400, code: 'Bad', message: said });
	const gone = (async () => {
		for await (const _page of listObjects(s3, 'box', { limit: 1 }));
	})();
	expect((await failureOf(gone)).message).toMatch(/^(\[redacted\] ){4}\[redacted\] \(request/);
	bench.ahead = 2 * HOUR;
	bench.sandbox.faults.clear();
	bench.issuer.refusals.push(refused('AccessDenied', 403, said));
	const refusal = await failureOf(bench.ask(s3));
	expect(refusal.message).toMatch(/^(\[redacted\] ){4}\[redacted\] — AssumeRole/);
});

test.each([
	[{ accessKeyId: '', secretAccessKey: '' }, /"Access Key ID" is empty/],
	[{ secretAccessKey: ' ' }, /"Secret Access Key" is empty/],
	[{ roleSessionName: 'with space' }, /"Role Session Name" is "with space"/],
	[{ roleDuration: 60 }, /"Session Duration \(Seconds\)" is 60/],
	[{ sessionPolicy: '{' }, /"Session Policy" is not JSON/],
	[{ authentication: 'magic' }, /"Authentication" is "magic"/],
	[{ endpoint: '', provider: 'aws', roleArn: '' }, /"Role ARN" is empty/],
])('%j is found before anything is sent', (credential, words) => {
	expect(() => bench.run(credential)).toThrow(words);
});
