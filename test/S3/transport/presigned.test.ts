import type { Signing, S3Client } from '../../../nodes/S3/transport/client';
import { presignedForm } from '../../../nodes/S3/transport/presignedForm';
import { presignedUrl } from '../../../nodes/S3/transport/presigned';
import { signature } from '../../../nodes/S3/transport/sign';
import { systemClock } from '../../../nodes/shared/ground/clock';
import type { HttpResponse } from '../../../nodes/shared/transport/http';
import type { Body } from '../../../nodes/shared/transport/body';
import { needs } from '../../needs';
import { run } from '../../sandbox/s3/program.ts';
import { oddKeys } from '../../sandbox/s3/oddKeys.ts';
import { clientOf, failureOf } from '../clientOf';

const AT = Date.UTC(2026, 10, 25, 12, 30, 15, 678);
const KEYS = { accessKeyId: 'AKIAPRESIGN', secretAccessKey: 'pre/sign+secret=' };
const server = { endpoint: 'https://s3.example.com:9000' };
const clock = { ...systemClock, now: () => AT };
const client = (credential = {}) => clientOf(server, { ...KEYS, ...credential }, { clock });
const grant = { bucket: 'b', key: 'k', expiresIn: 60, askRegion: true };
const queryOf = (url: string) => new URL(url).searchParams;

test('the end is counted from the second of the signature', async () => {
	const { url, expiresAt } = await presignedUrl(client(), { ...grant, method: 'GET' });
	expect(queryOf(url).get('X-Amz-Date')).toBe('20261125T123015Z');
	expect(expiresAt).toBe('2026-11-25T12:31:15.000Z');
	const form = await presignedForm(client(), { ...grant, keyIs: 'exact' });
	expect(form.expiresAt).toBe('2026-11-25T12:31:15.000Z');
});

test('a session token goes along, and the early end is announced', async () => {
	const s3 = client({ sessionToken: 'a+token/with=signs' });
	const { url, warnings } = await presignedUrl(s3, { ...grant, method: 'PUT' });
	expect(queryOf(url).get('X-Amz-Security-Token')).toBe('a+token/with=signs');
	expect(warnings).toEqual([expect.stringMatching(/temporary credentials/)]);
	const form = await presignedForm(s3, { ...grant, keyIs: 'exact' });
	expect(form.fields).toMatchObject({ 'x-amz-security-token': 'a+token/with=signs' });
	expect(form.warnings).toEqual(warnings);
	expect(policyOf(form.fields).conditions).toContainEqual({
		'x-amz-security-token': 'a+token/with=signs',
	});
});

test('where it is known when the credentials expire, the URL expires then at the latest', async () => {
	const until = async (expiresAt: number) => {
		const credentials = { ...KEYS, sessionToken: 't', expiresAt };
		const s3 = withPlace({ credentials });
		const url = await presignedUrl(s3, { ...grant, method: 'GET' });
		const form = await presignedForm(s3, { ...grant, keyIs: 'exact' });
		expect([form.expiresAt, form.warnings]).toEqual([url.expiresAt, url.warnings]);
		return url;
	};
	expect(await until(AT + 20_000)).toMatchObject({
		expiresAt: '2026-11-25T12:30:35.678Z',
		warnings: [expect.stringMatching(/earlier than was asked for/)],
	});
	expect(await until(AT + 61_000)).toMatchObject({
		expiresAt: '2026-11-25T12:31:15.000Z',
		warnings: [],
	});
});

const withPlace = (change: Partial<Signing>): S3Client => {
	const s3 = client();
	return { ...s3, signing: async (...of) => ({ ...(await s3.signing(...of)), ...change }) };
};

test('without keys nothing is signed', async () => {
	const s3 = withPlace({ credentials: undefined });
	const failure = await failureOf(presignedUrl(s3, { ...grant, method: 'GET' }));
	expect(failure).toMatchObject({ code: 'ANONYMOUS_CREDENTIAL', phase: 'notSent' });
	expect(await failureOf(presignedForm(s3, { ...grant, keyIs: 'exact' }))).toMatchObject({
		code: 'ANONYMOUS_CREDENTIAL',
	});
});

test('the account that signs pays, where the credential says so', async () => {
	const s3 = withPlace({ requesterPays: true });
	const { url } = await presignedUrl(s3, { ...grant, method: 'GET' });
	expect(queryOf(url).get('x-amz-request-payer')).toBe('requester');
	const { fields } = await presignedForm(s3, { ...grant, keyIs: 'exact' });
	expect(fields['x-amz-request-payer']).toBe('requester');
});

/** Amazon, with the bucket in eu-west-1. */
function amazon(answerOf: (host: string) => { status: number; region?: string }) {
	const asked: string[] = [];
	const stream = async ({ origin, method }: { origin: string; method: string }) => {
		asked.push(`${method} ${new URL(origin).host}`);
		const { status, region } = answerOf(new URL(origin).host);
		const headers: Record<string, string> = region ? { 'x-amz-bucket-region': region } : {};
		const body: Partial<Body> = { collect: async () => Buffer.alloc(0) };
		return { status, headers, body } as HttpResponse<Body>;
	};
	const http = () => ({ stream, buffer: () => Promise.reject(new Error('not used')) });
	return { asked, s3: clientOf({ endpoint: '' }, KEYS, { clock, http }) };
}
const regionOf = (url: string) => queryOf(url).get('X-Amz-Credential')?.split('/')[2];

test.each([200, 403])(
	'Amazon is asked once where the bucket is, even if it answers %i in the end',
	async (end) => {
		const { s3, asked } = amazon((host) =>
			host.includes('eu-west-1') ? { status: end } : { status: 301, region: 'eu-west-1' },
		);
		const urls = await Promise.all(
			[1, 2, 3].map(async () => await presignedUrl(s3, { ...grant, method: 'GET' })),
		);
		for (const { url } of urls) {
			expect(new URL(url).host).toBe('b.s3.eu-west-1.amazonaws.com');
			expect(regionOf(url)).toBe('eu-west-1');
		}
		const form = await presignedForm(s3, { ...grant, keyIs: 'exact' });
		expect(form.url).toBe('https://b.s3.eu-west-1.amazonaws.com/');
		expect(asked).toEqual([
			'HEAD b.s3.us-east-1.amazonaws.com',
			'HEAD b.s3.eu-west-1.amazonaws.com',
		]);
	},
);

test('Amazon is not asked where that is not wanted', async () => {
	const { s3, asked } = amazon(() => ({ status: 500 }));
	const { url } = await presignedUrl(s3, { ...grant, method: 'GET', askRegion: false });
	expect(regionOf(url)).toBe('us-east-1');
	expect(asked).toEqual([]);
});

test('a bucket that Amazon does not have is said to be missing', async () => {
	const { s3 } = amazon(() => ({ status: 404 }));
	const failure = await failureOf(presignedUrl(s3, { ...grant, method: 'GET' }));
	expect(failure).toMatchObject({ code: 'NotFound' });
});

interface Policy {
	expiration: string;
	conditions: unknown[];
}
const policyOf = ({ policy = '' }: Record<string, string>) =>
	JSON.parse(Buffer.from(policy, 'base64').toString()) as Policy;

test('the example of the documentation', () => {
	// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
	const policy = [
		'{ "expiration": "2015-12-30T12:00:00.000Z",',
		'  "conditions": [',
		'    {"bucket": "sigv4examplebucket"},',
		'    ["starts-with", "$key", "user/user1/"],',
		'    {"acl": "public-read"},',
		'    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
		'    ["starts-with", "$Content-Type", "image/"],',
		'    {"x-amz-meta-uuid": "14365123651274"},',
		'    {"x-amz-server-side-encryption": "AES256"},',
		'    ["starts-with", "$x-amz-meta-tag", ""],',
		'',
		'    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
		'    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
		'    {"x-amz-date": "20151229T000000Z" }',
		'  ]',
		'}',
	].join('\r\n');
	const credentials = {
		accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
		secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
	};
	const place = { credentials, region: 'us-east-1', service: 's3' };
	const signed = signature(Buffer.from(policy).toString('base64'), '20151229T000000Z', place);
	expect(signed).toBe('8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e');
});

needs('/usr/bin/python3', '/usr/lib/python3/dist-packages/botocore')(
	'as botocore does it at the same time',
	() => {
		const preamble = `
import datetime as real, json, sys, botocore.session, botocore.auth, botocore.signers
from botocore.config import Config
given = json.load(sys.stdin)
class Frozen(real.datetime):
    @classmethod
    def utcnow(cls): return cls(2026, 11, 25, 12, 30, 15)
class Fake:
    datetime, timedelta = Frozen, real.timedelta
botocore.auth.datetime = botocore.signers.datetime = Fake
client = botocore.session.get_session().create_client(
    's3', region_name='us-east-1', endpoint_url='https://s3.example.com:9000',
    aws_access_key_id='AKIAPRESIGN', aws_secret_access_key='pre/sign+secret=', aws_session_token=given.get('token'),
    config=Config(signature_version='s3v4', s3={'addressing_style': 'path'}))
`;
		const python = async (script: string, input: unknown) => {
			// The implementation in C has a clock of its own.
			const environment = { BOTO_DISABLE_CRT: 'true' };
			const args = ['-c', preamble + script];
			const ended = await run('python3', args, environment, JSON.stringify(input));
			expect(ended).toMatchObject({ code: 0 });
			return JSON.parse(ended.stdout) as unknown;
		};

		/** Order means nothing in a query. */
		const sorted = (url: string) => {
			const [before = '', query = ''] = url.split('?');
			return [before, ...query.split('&').sort()];
		};

		test.each([undefined, 'a+token/with=signs'])('URLs (session token: %s)', async (token) => {
			const script = `
calls = [('get_object', {'Key': key}) for key in given['keys']] + [
    ('get_object', {'Key': 'k', 'VersionId': 'v/1', 'ResponseContentType': 'a/b; c=d', 'ResponseContentDisposition': 'attachment; filename="ü"'}),
    ('head_object', {'Key': 'k'}),
    ('put_object', {'Key': 'k', 'ContentType': 'a/b', 'ACL': 'public-read', 'Metadata': {'a': 'b  c'}, 'Tagging': 'a%26b=c%3Dd'}),
    ('upload_part', {'Key': 'k', 'UploadId': 'u~/+', 'PartNumber': 7})]
print(json.dumps([client.generate_presigned_url(name, ExpiresIn=60, Params={'Bucket': 'b', **params}) for name, params in calls]))
`;
			const s3 = client({ sessionToken: token });
			const urls = [
				...oddKeys.map((key) => ({ key, method: 'GET' as const })),
				{
					method: 'GET' as const,
					query: [
						['versionId', 'v/1'],
						['response-content-type', 'a/b; c=d'],
						['response-content-disposition', 'attachment; filename="ü"'],
					] as Array<[string, string]>,
				},
				{ method: 'HEAD' as const },
				{
					method: 'PUT' as const,
					headers: {
						'content-type': 'a/b',
						'x-amz-acl': 'public-read',
						'x-amz-meta-a': 'b  c',
						'x-amz-tagging': 'a%26b=c%3Dd',
					},
				},
				{
					method: 'PUT' as const,
					query: [
						['uploadId', 'u~/+'],
						['partNumber', 7],
					] as Array<[string, string | number]>,
				},
			];
			const ours = await Promise.all(
				urls.map(async (one) => (await presignedUrl(s3, { ...grant, ...one })).url),
			);
			const theirs = (await python(script, { keys: oddKeys, token })) as string[];
			expect(ours.map(sorted)).toEqual(theirs.map(sorted));
		});

		test.each([undefined, 'a+token/with=signs'])('forms (session token: %s)', async (token) => {
			const script = `
print(json.dumps(client.generate_presigned_post('b', 'photos/\${filename}', ExpiresIn=60,
    Fields={'acl': 'public-read', 'x-amz-meta-a': 'ü 🦆'},
    Conditions=[{'acl': 'public-read'}, {'x-amz-meta-a': 'ü 🦆'}, ['starts-with', '$Content-Type', 'image/'], ['content-length-range', 1, 9]])))
`;
			type Form = { url: string; fields: Record<string, string> };
			const theirs = (await python(script, { token })) as Form;
			const ours = await presignedForm(client({ sessionToken: token }), {
				...grant,
				key: 'photos/',
				keyIs: 'prefix',
				fields: { acl: 'public-read', 'x-amz-meta-a': 'ü 🦆' },
				openFields: { 'Content-Type': 'image/' },
				minBytes: 1,
				maxBytes: 9,
			});
			expect(ours.url).toBe(theirs.url);
			const { policy, 'x-amz-signature': signed, ...fields } = ours.fields;
			const { policy: theirPolicy, 'x-amz-signature': theirSigned, ...theirFields } = theirs.fields;
			expect(fields).toEqual(theirFields);
			// They write the same policy with other white space.
			const { conditions } = policyOf({ policy: policy ?? '' });
			const expected = policyOf({ policy: theirPolicy ?? '' }).conditions;
			expect(new Set(conditions)).toEqual(new Set(expected));
			const place = { credentials: KEYS, region: 'us-east-1', service: 's3' };
			expect(signature(theirPolicy ?? '', '20261125T123015Z', place)).toBe(theirSigned);
			expect(signature(policy ?? '', '20261125T123015Z', place)).toBe(signed);
		});
	},
);
