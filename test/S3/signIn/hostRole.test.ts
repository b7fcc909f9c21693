import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { S3Credential } from '../../../nodes/S3/transport/connect';
import { stsPlace, hostStsPlace } from '../../../nodes/S3/transport/signIn/stsPlace';
import { serverOf } from '../../../nodes/S3/transport/providers';
import { needs } from '../../needs';
import { run } from '../../sandbox/s3/program.ts';
import { failureOf } from '../clientOf';
import { SignInBench } from './bench';
import { CONTAINER_TOKEN, ROLE, USER, WEB_TOKEN } from './issuer';

let bench: SignInBench;
let folder: string;
let tokenFile: string;
beforeAll(async () => {
	bench = await SignInBench.open();
	folder = mkdtempSync(path.join(os.tmpdir(), 'sign-in-'));
	tokenFile = path.join(folder, 'token');
});
afterAll(async () => {
	await bench.close();
	rmSync(folder, { recursive: true });
});
beforeEach(() => {
	bench.reset();
	writeFileSync(tokenFile, `${WEB_TOKEN}\n`);
});

const allowed = { N8N_RESILIENT_ALLOW_HOST_IDENTITY: 'true' };
const instance = () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: bench.issuer.endpoint });
const container = () => ({
	AWS_CONTAINER_CREDENTIALS_FULL_URI: `${bench.issuer.endpoint}/v2/credentials/4711`,
	AWS_CONTAINER_AUTHORIZATION_TOKEN: CONTAINER_TOKEN,
});
const serviceAccount = () => ({
	AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
	AWS_ROLE_ARN: ROLE,
	AWS_ENDPOINT_URL_STS: bench.issuer.endpoint,
});
const actions = () => bench.issuer.calls.map(({ action }) => action);
const none = { accessKeyId: '', secretAccessKey: '' };
const runAs = (credential: S3Credential, environment: Record<string, string>) =>
	bench.run({ stsEndpoint: '', ...credential }, { environment, maxAttempts: 1 });

describe('the identity of the server', () => {
	const hostRole = { ...none, authentication: 'hostRole' };

	test.each<S3Credential>([
		hostRole,
		{ ...none, authentication: 'webIdentity', tokenSource: 'host' },
	])('is nobody’s who was not allowed by the administrator: %j', (credential) => {
		for (const value of [undefined, '', 'false', '1', 'yes']) {
			const environment = {
				...instance(),
				...serviceAccount(),
				...(value !== undefined && { N8N_RESILIENT_ALLOW_HOST_IDENTITY: value }),
			};
			expect(() => runAs(credential, environment)).toThrow(/which is not allowed/);
		}
		expect(bench.issuer.calls).toEqual([]);
	});

	test('is not what a role is assumed with when somebody forgets the keys', () => {
		expect(() => runAs(none, instance())).toThrow('"Access Key ID" is empty');
	});

	test('is that of the machine (IMDSv2), asked once', async () => {
		const s3 = runAs(hostRole, { ...allowed, ...instance() });
		await Promise.all([bench.ask(s3), bench.ask(s3), bench.ask(s3)]);
		expect(actions()).toEqual(['instance']);
		expect(await s3.identity()).toMatchObject({ role: 'machine-role' });
		expect(bench.learned).toHaveLength(2);
	});

	test('is that of the task where there is one', async () => {
		await bench.ask(runAs(hostRole, { ...allowed, ...instance(), ...container() }));
		expect(actions()).toEqual(['container']);
	});

	test('is that of the pod, whose token file is read each time', async () => {
		const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, ...rest } = container();
		writeFileSync(tokenFile, `${token}\n`);
		const environment = { ...rest, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile };
		await bench.ask(runAs(hostRole, { ...allowed, ...environment }));
		expect(actions()).toEqual(['container']);
	});

	test('is that of the service account where one is bound to a role', async () => {
		const s3 = runAs(hostRole, { ...allowed, ...instance(), ...serviceAccount() });
		await bench.ask(s3);
		expect(bench.issuer.calls).toMatchObject([
			{ action: 'AssumeRoleWithWebIdentity', form: { RoleArn: ROLE, WebIdentityToken: WEB_TOKEN } },
		]);
		expect(bench.learned).toContain(WEB_TOKEN);
		expect(await s3.identity()).toMatchObject({ role: expect.stringContaining('assumed-role') });
	});

	test('never goes through a proxy', async () => {
		const kept = process.env;
		const proxy = 'http://127.0.0.1:9';
		const NO_PROXY = `127.0.0.1:${bench.sandbox.port}`;
		process.env = { ...kept, HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY, no_proxy: NO_PROXY };
		try {
			await bench.ask(runAs(hostRole, { ...allowed, ...instance() }));
		} finally {
			process.env = kept;
		}
		expect(actions()).toEqual(['instance']);
	});

	test.each<[string, () => Record<string, string>, RegExp]>([
		[
			'a machine without a role',
			() => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: bench.sandbox.endpoint }),
			/answered 4\d\d to \/latest/,
		],
		[
			'no machine at all',
			() => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:9' }),
			/ECONNREFUSED/,
		],
		[
			'a wrong container token',
			() => ({ ...container(), AWS_CONTAINER_AUTHORIZATION_TOKEN: 'x' }),
			/answered 401/,
		],
		[
			'an address that is anybody’s',
			() => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://storage.example/x' }),
			/neither an https address/,
		],
		[
			'a token file that is gone',
			() => ({ ...serviceAccount(), AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token' }),
			/cannot be read.*ENOENT/,
		],
	])('%s: says so, and nothing is sent', async (_what, environment, words) => {
		const failure = await failureOf(bench.ask(runAs(hostRole, { ...allowed, ...environment() })));
		expect(failure.message).toMatch(words);
		expect(failure.phase).toBe('notSent');
	});

	test('a role can be assumed with it', async () => {
		// The double knows no other user than this one.
		const s3 = bench.run({ ...none }, { environment: { ...allowed, ...instance() } });
		expect(await failureOf(bench.ask(s3))).toMatchObject({ code: 'InvalidClientTokenId' });
		expect(actions()).toEqual(['instance', 'AssumeRole']);
	});
});

describe('web identity', () => {
	const given = { ...none, authentication: 'webIdentity', webIdentityToken: WEB_TOKEN };

	test('a given token is exchanged for keys, unsigned', async () => {
		await bench.ask(bench.run(given));
		expect(bench.issuer.calls).toMatchObject([
			{ action: 'AssumeRoleWithWebIdentity', scope: undefined },
		]);
	});

	test('a wrong one is said, and not shown', async () => {
		const s3 = bench.run({ ...given, webIdentityToken: 'eyJ.wrong-token.sig' });
		const failure = await failureOf(bench.ask(s3));
		expect(failure).toMatchObject({ code: 'InvalidIdentityToken', hint: /Check the token/ });
		expect(JSON.stringify(failure) + failure.message).not.toContain('wrong-token');
	});

	test('the token of the server goes to no address that a credential names', async () => {
		const fields = { ...none, authentication: 'webIdentity', tokenSource: 'host' } as const;
		const { AWS_ENDPOINT_URL_STS: named, ...rest } = serviceAccount();
		const environment = { ...allowed, ...rest };
		const mine = { ...fields, roleArn: ROLE, stsEndpoint: bench.issuer.endpoint };
		expect(() => bench.run(mine, { environment })).toThrow(/cannot be sent to the address/);
		expect(bench.issuer.calls).toEqual([]);
		const told = { ...environment, AWS_ENDPOINT_URL_STS: named };
		await bench.ask(
			bench.run({ ...mine, stsEndpoint: 'http://127.0.0.1:9' }, { environment: told }),
		);
		expect(actions()).toEqual(['AssumeRoleWithWebIdentity']);
	});
});

describe('anonymous', () => {
	test('requests carry no signature', async () => {
		const s3 = bench.run({ authentication: 'anonymous' });
		await failureOf(bench.ask(s3));
		expect(bench.sandbox.requests[0]?.headers.authorization).toBeUndefined();
		expect(await s3.identity()).toBeUndefined();
	});

	test('access keys that are empty are not anonymous', () => {
		const keys = { ...none, authentication: 'accessKeys' };
		expect(() => bench.run(keys)).toThrow('"Access Key ID" is empty');
	});
});

test('requester pays is said with every request', async () => {
	await bench.ask(bench.run({ authentication: 'accessKeys', requesterPays: true }));
	expect(bench.sandbox.requests[0]?.headers['x-amz-request-payer']).toBe('requester');
});

describe('the STS', () => {
	const of = (fields: S3Credential) => {
		const { address, region } = stsPlace(fields, serverOf(fields));
		return [address.origin + address.path, region];
	};

	// As botocore resolves them.
	test.each([
		[{}, 'https://sts.us-east-1.amazonaws.com/', 'us-east-1'],
		[{ region: 'cn-north-1' }, 'https://sts.cn-north-1.amazonaws.com.cn/', 'cn-north-1'],
		[{ region: 'us-west-2', fips: true }, 'https://sts-fips.us-west-2.amazonaws.com/', 'us-west-2'],
		[
			{ region: 'us-gov-west-1', fips: true },
			'https://sts.us-gov-west-1.amazonaws.com/',
			'us-gov-west-1',
		],
		[{ region: 'eu-west-1', dualstack: true }, 'https://sts.eu-west-1.api.aws/', 'eu-west-1'],
		[
			{ endpoint: 'https://s3.eu-west-3.amazonaws.com' },
			'https://sts.eu-west-3.amazonaws.com/',
			'eu-west-3',
		],
		[
			{ stsEndpoint: 'https://sts.amazonaws.com', region: 'eu-west-1' },
			'https://sts.amazonaws.com/',
			'us-east-1',
		],
		[
			{ stsEndpoint: 'https://sts.eu-west-2.amazonaws.com' },
			'https://sts.eu-west-2.amazonaws.com/',
			'eu-west-2',
		],
		[{ endpoint: 'https://minio.example:9000' }, 'https://minio.example:9000/', 'us-east-1'],
		[
			{ endpoint: 'https://ceph.example', stsEndpoint: 'https://ceph.example:8443/sts' },
			'https://ceph.example:8443/sts/',
			'us-east-1',
		],
	])('of %j is %s', (fields, address, region) => {
		expect(of(fields)).toEqual([address, region]);
	});

	test('that gets the token of the server is Amazon’s, or the one of the environment', () => {
		const amazon = hostStsPlace(serverOf({ region: 'eu-west-1' }), {});
		expect(amazon.address.host).toBe('sts.eu-west-1.amazonaws.com');
	});
});

needs('/usr/bin/python3', '/usr/lib/python3/dist-packages/botocore')('botocore', () => {
	const python = async (script: string, environment: Record<string, string>) => {
		const { stdout, output, code } = await run('python3', ['-c', script], {
			HOME: folder,
			NO_PROXY: '127.0.0.1',
			...environment,
		});
		expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
		return stdout.trim();
	};
	const whoAmI = `
import botocore.session
print(botocore.session.get_session().get_credentials().get_frozen_credentials().access_key)
`;

	test.each([
		['the machine', instance],
		['the container', container],
	])('gets keys of %s from the same double', async (_what, environment) => {
		expect(await python(whoAmI, environment())).toMatch(/^ASIA/);
		expect(bench.issuer.calls).toMatchObject([{ status: 200 }]);
	});

	test('assumes the role at the same double', async () => {
		const script = `
import botocore.session
sts = botocore.session.get_session().create_client('sts', region_name='us-east-1',
    endpoint_url='${bench.issuer.endpoint}', aws_access_key_id='${USER.accessKeyId}', aws_secret_access_key='${USER.secretAccessKey}')
a = sts.assume_role(RoleArn='${ROLE}', RoleSessionName='boto', ExternalId='external-id-4711', DurationSeconds=900)
b = sts.assume_role_with_web_identity(RoleArn='${ROLE}', RoleSessionName='boto', WebIdentityToken='${WEB_TOKEN}')
print(a['AssumedRoleUser']['Arn'], b['Credentials']['AccessKeyId'])
`;
		expect(await python(script, {})).toMatch(/assumed-role\/storage\/boto ASIA/);
	});
});
