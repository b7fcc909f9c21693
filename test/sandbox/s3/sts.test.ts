import { createBucket, listBuckets } from '../../../nodes/S3/transport/buckets';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, failureOf } from '../../S3/clientOf';
import { needs } from '../../needs';
import { run } from './program.ts';
import { keysOf } from './sdk.ts';

const ROLE = 'arn:aws:iam::123456789012:role/storage';
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJuOG4ifQ.c2lnbmF0dXJl';
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
