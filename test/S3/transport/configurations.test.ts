import type { ConfigurationKind } from '../../../nodes/S3/transport/configurationKinds';
import { isRemovable, KINDS } from '../../../nodes/S3/transport/configurationKinds';
import {
	deleteConfiguration,
	getConfiguration,
	setCannedAcl,
	setConfiguration,
	withOtherTags,
} from '../../../nodes/S3/transport/configurations';
import { byCodeUnit } from '../../../nodes/S3/transport/encode';
import type { XmlElement } from '../../../nodes/S3/transport/xml';
import { parseXml } from '../../../nodes/S3/transport/xml';
import type { S3Client } from '../../../nodes/S3/transport/client';
import { createHash } from 'node:crypto';
import { needs } from '../../needs';
import { run } from '../../sandbox/s3/program.ts';
import { clientOf, failureOf } from '../clientOf';
import { errorXml, startScriptedServer, type ScriptedServer } from '../scriptedServer';
import { configurationExamples } from './configurationExamples';

let server: ScriptedServer;
let s3: S3Client;

beforeAll(async () => {
	server = await startScriptedServer();
	s3 = clientOf(server);
});
beforeEach(() => {
	// Of every client it is asked once per run whether the server knows the kind.
	s3 = clientOf(server);
	server.requests.length = 0;
	server.answer({ status: 200 });
});
afterAll(async () => await server.close());

const last = () => server.requests.at(-1) ?? { method: '', target: '', headers: {}, body: '' };
const set = async (kind: ConfigurationKind, configuration: unknown) => {
	// One may write, but not read.
	server.answer({ status: 403, body: errorXml('AccessDenied') }, { status: 200 });
	await setConfiguration(clientOf(server), 'b', kind, configuration, { field: 'Field' });
	return last();
};
/** Without the order of members: botocore keeps to that of the JSON it is given. */
const sorted = ({ name, text, children }: XmlElement): XmlElement => ({
	name,
	text,
	children: children.map(sorted).sort((a, b) => byCodeUnit(a.name, b.name)),
});

test('every kind has an example', () => {
	const kinds = configurationExamples.map(([kind]) => kind);
	const other = ['policy', 'policyStatus'];
	expect([...kinds, ...other].sort()).toEqual(Object.keys(KINDS).sort());
});

test.each(configurationExamples)('%s: what is written is read back', async (kind, example) => {
	const { method, target, headers, body } = await set(kind, example);
	expect(method).toBe('PUT');
	expect(target).toBe(`/b?${KINDS[kind].subresource}=`);
	expect(headers['content-md5']).toBe(createHash('md5').update(body).digest('base64'));
	server.answer({ status: 200, body });
	expect(await getConfiguration(s3, 'b', kind)).toEqual({
		configured: true,
		configuration: example,
	});
	expect(last()).toMatchObject({ method: 'GET', target: `/b?${KINDS[kind].subresource}=` });
});

needs('/usr/bin/python3', '/usr/lib/python3/dist-packages/botocore')('as botocore does it', () => {
	const script = `
import json, sys, botocore.session, botocore.serialize, botocore.parsers
model = botocore.session.get_session().get_service_model('s3')
kinds = json.load(sys.stdin)
out = []
for name, payload, wrapped, example, answer in kinds:
    put = model.operation_model('Put' + name)
    sent = botocore.serialize.create_serializer('rest-xml').serialize_to_request({'Bucket': 'b', payload: example}, put)
    get = model.operation_model('Get' + name)
    read = botocore.parsers.create_parser('rest-xml').parse({'status_code': 200, 'headers': {}, 'body': answer.encode()}, get.output_shape)
    read.pop('ResponseMetadata')
    out.append([sent['body'].decode(), read[wrapped] if wrapped else read])
print(json.dumps(out, default=str))
`;
	// What the CLI calls the parameter, and what it puts around the answer.
	const CALLS: Partial<Record<ConfigurationKind, [payload: string, wrapped?: string]>> = {
		accelerate: ['AccelerateConfiguration'],
		acl: ['AccessControlPolicy'],
		cors: ['CORSConfiguration'],
		encryption: ['ServerSideEncryptionConfiguration', 'ServerSideEncryptionConfiguration'],
		lifecycle: ['LifecycleConfiguration'],
		logging: ['BucketLoggingStatus'],
		notification: ['NotificationConfiguration'],
		objectLock: ['ObjectLockConfiguration', 'ObjectLockConfiguration'],
		ownershipControls: ['OwnershipControls', 'OwnershipControls'],
		publicAccessBlock: ['PublicAccessBlockConfiguration', 'PublicAccessBlockConfiguration'],
		replication: ['ReplicationConfiguration', 'ReplicationConfiguration'],
		requestPayment: ['RequestPaymentConfiguration'],
		tagging: ['Tagging'],
		versioning: ['VersioningConfiguration'],
		website: ['WebsiteConfiguration'],
	};
	let theirs: Array<[xml: string, json: unknown]>;
	const ours: string[] = [];

	beforeAll(async () => {
		const questions: unknown[] = [];
		for (const [kind, example] of configurationExamples) {
			const { body } = await set(kind, example);
			ours.push(body);
			const [payload, wrapped = ''] = CALLS[kind] ?? [];
			const bucket = ['objectLock', 'publicAccessBlock'].includes(kind) ? '' : 'Bucket';
			questions.push([`${bucket}${KINDS[kind].name}`, payload, wrapped, example, body]);
		}
		const { stdout, output } = await run('python3', ['-c', script], {}, JSON.stringify(questions));
		expect(output).not.toContain('Traceback');
		theirs = JSON.parse(stdout) as typeof theirs;
	});

	test.each(configurationExamples.map(([kind, example], n) => [kind, n, example] as const))(
		'%s: the same elements, and they read ours as we mean it',
		(_kind, n, example) => {
			const [xml = '', json] = theirs[n] ?? [];
			expect(sorted(parseXml(ours[n] ?? ''))).toEqual(sorted(parseXml(xml)));
			expect(json).toEqual(example);
		},
	);

	test('the type of a grantee is an attribute', () => {
		const n = configurationExamples.findIndex(([kind]) => kind === 'acl');
		const attributes = (xml = '') => xml.match(/xsi:type="\w+"/g);
		expect(attributes(ours[n])).toEqual(attributes(theirs[n]?.[0]));
		expect(attributes(ours[n])).toHaveLength(3);
	});
});

const NONE: Array<[ConfigurationKind, string]> = [
	['cors', 'NoSuchCORSConfiguration'],
	['encryption', 'ServerSideEncryptionConfigurationNotFoundError'],
	['lifecycle', 'NoSuchLifecycleConfiguration'],
	['objectLock', 'ObjectLockConfigurationNotFoundError'],
	['ownershipControls', 'OwnershipControlsNotFoundError'],
	['policy', 'NoSuchBucketPolicy'],
	['policyStatus', 'NoSuchBucketPolicy'],
	['publicAccessBlock', 'NoSuchPublicAccessBlockConfiguration'],
	['replication', 'ReplicationConfigurationNotFoundError'],
	['tagging', 'NoSuchTagSet'],
	['tagging', 'NoSuchTagSetError'],
	['website', 'NoSuchWebsiteConfiguration'],
];

test.each(NONE)('%s: %s means that there is none', async (kind, code) => {
	server.answer({ status: 404, body: errorXml(code) });
	const none = { configured: false, configuration: {} };
	expect(await getConfiguration(s3, 'b', kind)).toEqual(none);
	expect(server.requests).toHaveLength(1);
	if (!isRemovable(kind)) return;
	await deleteConfiguration(s3, 'b', kind);
	expect(last().method).toBe('DELETE');
});

test.each<[ConfigurationKind, string]>([
	['accelerate', 'AccelerateConfiguration'],
	['logging', 'BucketLoggingStatus'],
	['notification', 'NotificationConfiguration'],
	['versioning', 'VersioningConfiguration'],
])('%s: an empty document means that there is none', async (kind, root) => {
	const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
	server.answer({ status: 200, body: `<?xml version="1.0"?><${root} xmlns="${xmlns}"/>` });
	expect(await getConfiguration(s3, 'b', kind)).toEqual({ configured: false, configuration: {} });
});

test('a bucket that is not there is an error, not an empty configuration', async () => {
	server.answer({ status: 404, body: errorXml('NoSuchBucket') });
	const failures = await Promise.all([
		failureOf(getConfiguration(s3, 'b', 'cors')),
		failureOf(deleteConfiguration(s3, 'b', 'cors')),
		failureOf(setConfiguration(s3, 'b', 'cors', { CORSRules: [] }, {})),
	]);
	expect(failures.map(({ code }) => code)).toEqual(Array(3).fill('NoSuchBucket'));
	expect(failures[0]?.message).toMatch(/GetBucketCors of bucket "b"/);
});

const emptyDocument = (root: string) => ({ status: 200, body: `<?xml version="1.0"?><${root}/>` });

test.each(['logging', 'notification'] as const)(
	'%s is deleted by an empty document',
	async (kind) => {
		const { root } = KINDS[kind];
		server.answer(emptyDocument(root), { status: 200 });
		await deleteConfiguration(s3, 'b', kind);
		expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'PUT']);
		expect(last().target).toBe(`/b?${kind}=`);
		expect(parseXml(last().body)).toMatchObject({ name: root, children: [] });
	},
);

test('a server that sends an empty list of tags where there are none has none (Swift)', async () => {
	server.answer({ status: 200, body: '<Tagging><TagSet/></Tagging>' });
	expect(await getConfiguration(s3, 'b', 'tagging')).toMatchObject({ configured: false });
});

// Garage until 2.0: https://git.deuxfleurs.fr/Deuxfleurs/garage/src/tag/v1.0.0/src/api/s3/cors.rs
describe('a server that answers 204 where there is none', () => {
	test.each(['cors', 'lifecycle', 'website', 'policy'] as const)('has no %s', async (kind) => {
		server.answer({ status: 204 });
		expect(await getConfiguration(s3, 'b', kind)).toEqual({ configured: false, configuration: {} });
		expect(server.requests).toHaveLength(1);
	});

	test('gets one', async () => {
		server.answer({ status: 204 }, { status: 200 });
		const rule = { AllowedMethods: ['GET'], AllowedOrigins: ['*'] };
		await setConfiguration(s3, 'b', 'cors', { CORSRules: [rule] }, {});
		expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'PUT']);
	});
});

describe('a server that takes no notice of what stands in the query', () => {
	const list = { status: 200, body: '<ListBucketResult><Name>b</Name></ListBucketResult>' };
	const calls: Array<[string, () => Promise<unknown>]> = [
		['read', () => getConfiguration(s3, 'b', 'encryption')],
		['written', () => setConfiguration(s3, 'b', 'tagging', { TagSet: [] }, {})],
		['written as an ACL', () => setCannedAcl(s3, 'b', 'private')],
		['deleted', () => deleteConfiguration(s3, 'b', 'policy')],
		['emptied', () => deleteConfiguration(s3, 'b', 'logging')],
	];

	test.each(calls)('nothing is %s', async (_what, call) => {
		server.answer(list);
		const failure = await failureOf(call());
		expect(failure).toMatchObject({ code: 'NotImplemented', kind: 'invalid', phase: 'rejected' });
		expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
	});
});

test('nothing is deleted where it cannot be seen whether the server knows the kind', async () => {
	server.answer({ status: 403, body: errorXml('AccessDenied') });
	expect(await failureOf(deleteConfiguration(s3, 'b', 'policy'))).toMatchObject({
		code: 'AccessDenied',
	});
	expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
});

test('what could not be read for writing is not known for deleting', async () => {
	const refused = { status: 403, body: errorXml('AccessDenied') };
	server.answer(refused, { status: 200 }, refused);
	await setConfiguration(s3, 'b', 'tagging', { TagSet: [] }, {});
	expect(await failureOf(deleteConfiguration(s3, 'b', 'tagging'))).toMatchObject({
		code: 'AccessDenied',
	});
	expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET']);
});

test('what the server knows is asked once', async () => {
	server.answer(emptyDocument('Tagging'), { status: 204 });
	await deleteConfiguration(s3, 'b', 'tagging');
	await deleteConfiguration(s3, 'b', 'tagging');
	expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'DELETE', 'DELETE']);
});

test('elements that are newer than this node are not lost in reading', async () => {
	server.answer({
		status: 200,
		body: '<VersioningConfiguration><Status>Enabled</Status><New><A>1</A></New></VersioningConfiguration>',
	});
	const { configuration } = await getConfiguration(s3, 'b', 'versioning');
	expect(configuration).toEqual({ Status: 'Enabled', New: { A: '1' } });
});

test('a policy is sent and read as the JSON that it is', async () => {
	const policy = { Version: '2012-10-17', Statement: [{ Sid: 'ü', Effect: 'Allow' }] };
	expect(JSON.parse((await set('policy', policy)).body)).toEqual(policy);
	server.answer({ status: 200, body: JSON.stringify(policy) });
	expect(await getConfiguration(s3, 'b', 'policy')).toEqual({
		configured: true,
		configuration: policy,
	});
	server.answer({ status: 200, body: '<html>log in</html>' });
	expect(await failureOf(getConfiguration(s3, 'b', 'policy'))).toMatchObject({
		code: 'UNREADABLE_ANSWER',
	});
});

test('a canned ACL needs no document', async () => {
	server.answer({ status: 403, body: errorXml('AccessDenied') }, { status: 200 });
	await setCannedAcl(s3, 'b', 'public-read');
	expect(last()).toMatchObject({ method: 'PUT', target: '/b?acl=', body: '' });
	expect(last().headers['x-amz-acl']).toBe('public-read');
});

test('what the CLI shows inside of an object of its own is taken too', async () => {
	const inner = { Rules: [{ ObjectOwnership: 'ObjectWriter' }] };
	const { body } = await set('ownershipControls', { OwnershipControls: inner });
	expect(body).toContain('<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>');
});

test('tags with other keys stay, in their order', async () => {
	const tag = (key: string, value: string) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`;
	const there = tag('a', '1') + tag('b', '2');
	server.answer({ status: 200, body: `<Tagging><TagSet>${there}</TagSet></Tagging>` });
	const wanted = [
		{ Key: 'c', Value: '3' },
		{ Key: 'a', Value: 'new' },
	];
	expect(await withOtherTags(s3, 'b', { TagSet: wanted })).toEqual({
		TagSet: [{ Key: 'b', Value: '2' }, ...wanted],
	});
	server.answer({ status: 404, body: errorXml('NoSuchTagSet') });
	expect(await withOtherTags(s3, 'b', { TagSet: wanted })).toEqual({ TagSet: wanted });
});

test.each<[ConfigurationKind, unknown, RegExp]>([
	['lifecycle', {}, /^Field > Rules is missing/],
	['lifecycle', { Rules: {} }, /^Field > Rules must be a list, but is {}/],
	[
		'lifecycle',
		{ Rules: [{ Status: 'Enabled', Expire: 1 }] },
		/Rules\[0\] has no "Expire", but: Ex/,
	],
	['lifecycle', { Rules: [{}] }, /^Field > Rules\[0\] > Status is missing/],
	[
		'lifecycle',
		{ Rules: [{ Status: 'Enabled', Filter: { Prefix: 'a', Tag: { Key: 'b', Value: 'c' } } }] },
		/^Field > Rules\[0\] > Filter has Prefix and Tag, but may have only one of: .*And holds several/,
	],
	[
		'lifecycle',
		{ Rules: [{ Status: 'Enabled', Expiration: { Days: 'soon' } }] },
		/^Field > Rules\[0\] > Expiration > Days must be a number, but is "soon"/,
	],
	[
		'cors',
		{ CORSRules: [{ AllowedMethods: 'GET', AllowedOrigins: ['*'] }] },
		/AllowedMethods must be a list/,
	],
	['cors', [], /^Field must be an object/],
	['publicAccessBlock', { BlockPublicAcls: 'yes' }, /BlockPublicAcls must be true or false/],
	['versioning', 'Enabled', /^Field must be an object, but is "Enabled"/],
	['versioning', { Status: {} }, /Status must be a text/],
	['policy', { Effect: 'Allow' }, /"Field" must be a bucket policy/],
	['tagging', { TagSet: [{ Key: 'a\u0001', Value: '' }] }, /Key holds U\+0001/],
])('%s: %j is refused by the name of what is wrong', async (kind, configuration, words) => {
	const failure = await failureOf(set(kind, configuration));
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(failure.message).toMatch(words);
	expect(server.requests).toHaveLength(0);
});
