import type { HttpClient, HttpRequest } from '../../../nodes/shared/transport/http';
import { createBucket, headBucket, listBuckets } from '../../../nodes/S3/transport/buckets';
import type { S3Credential } from '../../../nodes/S3/transport/connect';
import { headObject } from '../../../nodes/S3/transport/objects';
import { clientOf, failureOf } from '../clientOf';

interface Answer {
	status: number;
	headers?: Record<string, string>;
	body?: string;
}

let owners = 0;

/** A server that answers as told; what it was asked is kept. */
function scene(credential: S3Credential, answer: (request: HttpRequest) => Answer) {
	const asked: string[] = [];
	const send = async (request: HttpRequest) => {
		const [, region] =
			/Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
		asked.push(`${request.origin}${request.path} for ${region}`);
		const { status, headers = {}, body = '' } = answer(request);
		return { status, headers, body: Buffer.from(body) };
	};
	const http: HttpClient = {
		buffer: send,
		stream: async (request) => {
			const { body, ...head } = await send(request);
			const content = {
				async *[Symbol.asyncIterator]() {
					yield body;
				},
				destroy() {},
				each: async () => {},
				collect: async () => body,
			};
			return { ...head, body: content };
		},
	};
	const owner = `whereabouts ${owners++}`;
	const open = () =>
		clientOf({ endpoint: '' }, { region: '', ...credential }, { owner, http: () => http });
	return { asked, open };
}

const error = (code: string, inside = '') =>
	`<Error><Code>${code}</Code><Message>m</Message>${inside}</Error>`;
const found: Answer = { status: 200, headers: { 'content-length': '1' } };
const movedTo = (region: string): Answer => ({
	status: 301,
	headers: { 'x-amz-bucket-region': region },
});
/** Answers for the region in the host name, and sends everybody else there. */
const livesIn =
	(region: string, send = movedTo(region)) =>
	({ origin }: HttpRequest) =>
		origin.includes(region) ? found : send;

test('a bucket in another region is learned once, for all runs', async () => {
	const { asked, open } = scene({}, livesIn('eu-west-1'));
	await headObject(open(), 'box', 'k');
	await headObject(open(), 'box', 'k');
	expect(asked).toEqual([
		'https://box.s3.us-east-1.amazonaws.com/k for us-east-1',
		'https://box.s3.eu-west-1.amazonaws.com/k for eu-west-1',
		'https://box.s3.eu-west-1.amazonaws.com/k for eu-west-1',
	]);
});

test('by another credential it is learned again', async () => {
	const first = scene({}, livesIn('eu-west-1'));
	const second = scene({}, livesIn('eu-west-1'));
	await headObject(first.open(), 'box', 'k');
	await headObject(second.open(), 'box', 'k');
	expect(second.asked).toHaveLength(2);
});

test('an explicit endpoint of Amazon leads to buckets in other regions too', async () => {
	const endpoint = 'https://s3.eu-central-1.amazonaws.com';
	const { asked, open } = scene({ endpoint }, livesIn('eu-west-1'));
	await headObject(open(), 'box', 'k');
	expect(asked).toEqual([
		'https://box.s3.eu-central-1.amazonaws.com/k for eu-central-1',
		'https://box.s3.eu-west-1.amazonaws.com/k for eu-west-1',
	]);
});

test('so does the address that follows from a provider', async () => {
	const credential = { provider: 'wasabi', region: 'us-east-2' };
	const { asked, open } = scene(credential, livesIn('eu-central-1'));
	await headObject(open(), 'box', 'k');
	expect(asked).toEqual([
		'https://s3.us-east-2.wasabisys.com/box/k for us-east-2',
		'https://s3.eu-central-1.wasabisys.com/box/k for eu-central-1',
	]);
});

test.each<[string, Answer]>([
	['307', { status: 307, headers: { 'x-amz-bucket-region': 'eu-west-1' } }],
	[
		'the host in the Location of a 307',
		{ status: 307, headers: { location: 'https://box.s3-eu-west-1.amazonaws.com/k' } },
	],
	['400 without a body', { status: 400, headers: { 'x-amz-bucket-region': 'eu-west-1' } }],
	[
		'AuthorizationHeaderMalformed',
		{ status: 400, body: error('AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>') },
	],
	[
		'PermanentRedirect',
		{
			status: 301,
			body: error('PermanentRedirect', '<Endpoint>box.s3.eu-west-1.amazonaws.com</Endpoint>'),
		},
	],
	[
		'TemporaryRedirect',
		{
			status: 307,
			body: error('TemporaryRedirect', '<Endpoint>box.s3-eu-west-1.amazonaws.com</Endpoint>'),
		},
	],
	[
		'the region "EU" of old buckets',
		{ status: 301, body: error('PermanentRedirect', '<Region>EU</Region>') },
	],
])('%s teaches the region', async (_what, answer) => {
	const { asked, open } = scene({}, livesIn('eu-west-1', answer));
	await headObject(open(), 'box', 'k');
	expect(asked.at(-1)).toBe('https://box.s3.eu-west-1.amazonaws.com/k for eu-west-1');
});

test.each<[string, Answer]>([
	['no region', { status: 301 }],
	['an empty one', { status: 301, headers: { 'x-amz-bucket-region': '' } }],
	['the one that was used', movedTo('us-east-1')],
	['one that would be another host', movedTo('x.evil.example/')],
])('a redirect that names %s fails, and nothing more is sent', async (_what, answer) => {
	const { asked, open } = scene({}, () => answer);
	const failure = await failureOf(headObject(open(), 'box', 'k'));
	expect(failure).toMatchObject({ kind: 'invalid', status: 301 });
	expect(asked).toHaveLength(1);
});

test.each([
	['Amazon', {}],
	['a server of its own', { endpoint: 'https://storage.example' }],
	['a provider', { provider: 'wasabi' }],
])('%s cannot send the request to another host', async (_who, credential) => {
	const location = 'https://evil.example/box/k';
	const inside = '<Endpoint>evil.example</Endpoint><Bucket>box</Bucket>';
	const { asked, open } = scene(credential, () => ({
		status: 307,
		headers: { location },
		body: error('TemporaryRedirect', inside),
	}));
	const failure = await failureOf(headObject(open(), 'box', 'k'));
	expect(failure.hint).toMatch(/at another address.*names "evil.example"/);
	expect(asked).toHaveLength(1);
	expect(asked.join()).not.toContain('evil');
});

test('a server of its own is asked at the same address, signed for its region', async () => {
	const { asked, open } = scene({ endpoint: 'https://minio.example' }, ({ headers }) =>
		headers.authorization?.includes('/berlin/')
			? { status: 200, body: '<ListAllMyBucketsResult/>' }
			: { status: 400, body: error('AuthorizationHeaderMalformed', '<Region>berlin</Region>') },
	);
	await listBuckets(open());
	await listBuckets(open());
	expect(asked).toEqual([
		'https://minio.example/ for us-east-1',
		'https://minio.example/ for berlin',
		'https://minio.example/ for berlin',
	]);
});

test('a new bucket is made where the credential says, and found there', async () => {
	let made = false;
	const { asked, open } = scene({}, (request) => {
		made ||= request.method === 'PUT';
		return made ? found : livesIn('eu-west-1')(request);
	});
	await headBucket(open(), 'box');
	await createBucket(open(), 'box', { ifExists: 'fail' });
	await headBucket(open(), 'box');
	const [, , creating, after] = asked;
	expect(creating).toBe('https://box.s3.us-east-1.amazonaws.com/ for us-east-1');
	expect(after).toBe(creating);
});
