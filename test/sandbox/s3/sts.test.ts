import { createBucket, listBuckets } from '../../../nodes/S3/transport/buckets';
import { putObject } from '../../../nodes/S3/transport/objects';
import { systemClock } from '../../../nodes/shared/ground/clock';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf } from '../../S3/clientOf';
import { needs } from '../../needs';
import { run } from './program.ts';
import { keysOf } from './sdk.ts';

jest.setTimeout(120_000);

const ROLE = 'arn:aws:iam::123456789012:role/storage';
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJuOG4ifQ.c2lnbmF0dXJl';
/** `{"exp":1600000000}` */
const OVER = 'eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE2MDAwMDAwMDB9.c2lnbmF0dXJl';
let sandbox: S3Sandbox;
let now = Date.now;

beforeAll(async () => {
	sandbox = await startS3Sandbox({ now: () => now() });
	await createBucket(clientOf(sandbox), 'box', { ifExists: 'fail' });
});
beforeEach(() => {
	now = Date.now;
});
afterAll(async () => await sandbox.close());

const assume = { authentication: 'assumeRole', roleArn: ROLE };
const web = { authentication: 'webIdentity', roleArn: ROLE, webIdentityToken: TOKEN };
const noKeys = { accessKeyId: '', secretAccessKey: '' };

test.each([
	['AssumeRole', assume],
	['AssumeRoleWithWebIdentity', { ...web, ...noKeys }],
])('%s: our client takes on a role at the address of the storage', async (_action, fields) => {
	const s3 = clientOf(sandbox, fields);
	const { buckets } = await listBuckets(s3);
	expect(buckets.map(({ name }) => name)).toEqual(['box']);
	expect((await s3.identity())?.role).toMatch(/^arn:aws:sts::\d{12}:assumed-role\/storage\/n8n$/);
	expect(sandbox.requests.at(-1)?.headers['x-amz-security-token']).toMatch(/^token\+/);
});

test('one call for keys lasts for all items, and new ones come before the old ones end', async () => {
	const clock = { ...systemClock, now: () => now() };
	const s3 = clientOf(sandbox, { ...assume, roleDuration: 900 }, { clock, owner: 'one validity' });
	sandbox.requests.length = 0;
	// Two hours of a hundred items, one every 72 seconds: eight validities of 15 minutes.
	for (let item = 0; item < 100; item++) {
		now = () => Date.now() + item * 72_000;
		await putObject(s3, 'box', `item ${item}`, Buffer.from('x'), {});
		await new Promise(setImmediate);
	}
	const asked = sandbox.requests.filter(({ method }) => method === 'POST');
	const refused = sandbox.requests.filter(({ status }) => status !== 200);
	expect(refused.map(({ code, status }) => [code, status])).toEqual([]);
	expect(asked.length).toBeGreaterThanOrEqual(8);
	expect(asked.length).toBeLessThanOrEqual(16);
});

test('keys of a role end when they said they would', async () => {
	const s3 = clientOf(sandbox, { ...assume, roleDuration: 900 });
	const keys = await s3.identity();
	now = () => Date.now() + 901_000;
	const late = clientOf(sandbox, { ...keys, accessKeyId: keys?.accessKeyId });
	expect(await failureOf(listBuckets(late))).toMatchObject({ code: 'ExpiredToken' });
});

test.each([
	['a wrong secret', { ...assume, secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
	['an unknown key', { ...assume, accessKeyId: 'AKIANOBODY' }, 'InvalidClientTokenId'],
	['what is no role', { ...assume, roleArn: 'arn:aws:iam::1:user/a' }, 'ValidationError'],
	['no token', { ...web, ...noKeys, webIdentityToken: 'x' }, 'InvalidIdentityToken'],
	['a token that is over', { ...web, ...noKeys, webIdentityToken: OVER }, 'ExpiredTokenException'],
])('%s is refused', async (_what, fields, code) => {
	expect((await failureOf(listBuckets(clientOf(sandbox, fields)))).code).toBe(code);
});

needs('/usr/bin/python3', '/usr/lib/python3/dist-packages/botocore')('botocore', () => {
	test('assumes a role, is told who it is, and lists', async () => {
		const script = `
import json, sys, botocore.session
given = json.load(sys.stdin)
def client(service, **keys):
    return botocore.session.get_session().create_client(service, region_name='us-east-1', endpoint_url=given['endpoint'], **keys)
own = {'aws_access_key_id': given['accessKeyId'], 'aws_secret_access_key': given['secretAccessKey']}
sts = client('sts', **own)
keys = sts.assume_role(RoleArn='${ROLE}', RoleSessionName='boto', DurationSeconds=900)['Credentials']
issued = {'aws_access_key_id': keys['AccessKeyId'], 'aws_secret_access_key': keys['SecretAccessKey'], 'aws_session_token': keys['SessionToken']}
web = sts.assume_role_with_web_identity(RoleArn='${ROLE}', RoleSessionName='web', WebIdentityToken='${TOKEN}')
print(json.dumps([sts.get_caller_identity()['Arn'], client('sts', **issued).get_caller_identity()['Arn'],
    web['AssumedRoleUser']['Arn'], keys['Expiration'].isoformat(),
    [one['Name'] for one in client('s3', **issued).list_buckets()['Buckets']]]))
`;
		const input = JSON.stringify({ endpoint: sandbox.endpoint, ...keysOf(sandbox) });
		const { stdout, output } = await run('python3', ['-c', script], { HOME: '/tmp' }, input);
		expect(output).not.toContain('Traceback');
		const [user, role, token, expiration, buckets] = JSON.parse(stdout) as string[];
		expect(user).toMatch(/^arn:aws:iam::\d{12}:user\/sandbox$/);
		expect(role).toMatch(/^arn:aws:sts::\d{12}:assumed-role\/storage\/boto$/);
		expect(token).toMatch(/assumed-role\/storage\/web$/);
		expect(Math.abs(Date.parse(expiration ?? '') - Date.now() - 900_000)).toBeLessThan(60_000);
		expect(buckets).toEqual(['box']);
	});
});

needs('aws')('aws-cli', () => {
	const aws = async (args: string[], keys: Record<string, string>) =>
		await run('aws', ['--endpoint-url', sandbox.endpoint, '--output', 'json', ...args], {
			AWS_DEFAULT_REGION: 'us-east-1',
			AWS_EC2_METADATA_DISABLED: 'true',
			AWS_MAX_ATTEMPTS: '1',
			HOME: '/tmp',
			...keys,
		});
	const keysIn = (stdout: string) => {
		const { Credentials } = JSON.parse(stdout) as { Credentials: Record<string, string> };
		return {
			AWS_ACCESS_KEY_ID: Credentials.AccessKeyId ?? '',
			AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey ?? '',
			AWS_SESSION_TOKEN: Credentials.SessionToken ?? '',
		};
	};
	const role = ['--role-arn', ROLE, '--role-session-name', 'cli'];

	test.each([
		['assume-role', role],
		['assume-role-with-web-identity', [...role, '--web-identity-token', TOKEN]],
		['get-session-token', []],
	])('sts %s: its keys are good with their token, until they end', async (action, args) => {
		const { accessKeyId, secretAccessKey } = keysOf(sandbox);
		const own = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
		const seconds = ['--duration-seconds', '900'];
		const keys = keysIn((await aws(['sts', action, ...args, ...seconds], own)).stdout);
		const list = async (change: Record<string, string> = {}) =>
			(await aws(['s3api', 'list-buckets'], { ...keys, ...change })).output;
		const outputs = await Promise.all([
			list(),
			list({ AWS_SESSION_TOKEN: '' }),
			list({ AWS_SESSION_TOKEN: 'other' }),
			list({ AWS_SECRET_ACCESS_KEY: 'other' }),
			aws(['sts', 'get-session-token'], keys).then(({ output }) => output),
		]);
		expect(outputs).toEqual(
			[
				'"Name": "box"',
				'(InvalidAccessKeyId)',
				'(InvalidToken)',
				'(SignatureDoesNotMatch)',
				'(AccessDenied)',
			].map((words): unknown => expect.stringContaining(words)),
		);
		now = () => Date.now() + 901_000;
		expect(await list()).toContain('(ExpiredToken)');
	});
});
