import { failureOf } from '../clientOf';
import { SignInBench } from './bench';
import { ROLE } from './issuer';

let bench: SignInBench;
beforeAll(async () => {
	bench = await SignInBench.open();
});
beforeEach(() => bench.reset());
afterAll(async () => await bench.close());

const signal = new AbortController().signal;
const user = { authentication: 'accessKeys' };
const actions = () => bench.issuer.calls.map(({ action }) => action);

test('an STS that the credential names tells whose the keys are', async () => {
	expect(await bench.run(user).arn(signal)).toBe('arn:aws:iam::123456789012:user/Alice');
	expect(actions()).toEqual(['GetCallerIdentity']);
	expect(bench.issuer.calls[0]?.scope).toMatch(/^\d{8}\/us-east-1\/sts\/aws4_request$/);
});

test('a role is known by its keys', async () => {
	const arn = await bench.run().arn(signal);
	expect(arn).toBe(`${ROLE.replace('iam', 'sts').replace(':role/', ':assumed-role/')}/n8n`);
	expect(actions()).toEqual(['AssumeRole']);
});

test.each([
	['no STS is known', { ...user, stsEndpoint: '' }],
	['there are no keys', { authentication: 'anonymous' }],
])('nobody is asked where %s', async (_why, fields) => {
	expect(await bench.run(fields).arn(signal)).toBeUndefined();
	expect([bench.issuer.calls, bench.sandbox.requests]).toEqual([[], []]);
});

test('a refusal names the STS', async () => {
	const failure = await failureOf(bench.run({ ...user, secretAccessKey: 'wrong' }).arn(signal));
	expect(failure).toMatchObject({ code: 'SignatureDoesNotMatch', kind: 'auth' });
	expect(failure.message).toContain('GetCallerIdentity at 127.0.0.1');
});
