import {
	CopyObjectCommand,
	CreateBucketCommand,
	DeleteObjectCommand,
	DeleteObjectTaggingCommand,
	GetBucketNotificationConfigurationCommand,
	PutBucketNotificationConfigurationCommand,
	PutBucketVersioningCommand,
	PutObjectCommand,
	type NotificationConfiguration,
	type S3Client,
} from '@aws-sdk/client-s3';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { codeOf, sdkClient } from './sdk.ts';

interface Message {
	Event?: string;
	Records?: Array<{
		eventName: string;
		eventSource: string;
		s3: { configurationId: string; object: Record<string, unknown> };
	}>;
}

const topic = (name: string) => `arn:aws:sns:us-east-1:123456789012:${name}`;
let sandbox: S3Sandbox;
let sdk: S3Client;
let hook: Server;
let received: Array<[path: string, message: Message]> = [];
let refuse = 0;
let buckets = 0;
let Bucket = '';

beforeAll(async () => {
	hook = createServer((request, response) => {
		void text(request).then((body) => {
			response.statusCode = refuse-- > 0 ? 503 : 200;
			if (response.statusCode === 200) {
				received.push([request.url ?? '', JSON.parse(body) as Message]);
			}
			response.end();
		});
	});
	await new Promise<void>((resolve) => void hook.listen(0, '127.0.0.1', resolve));
	const address = hook.address();
	const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
	sandbox = await startS3Sandbox({
		eventTargets: {
			[topic('aws')]: { url: `${url}/aws` },
			[topic('ceph')]: { url: `${url}/ceph`, shape: 'ceph' },
		},
	});
	sdk = sdkClient(sandbox);
});

beforeEach(async () => {
	Bucket = `events-${++buckets}`;
	received = [];
	refuse = 0;
	await sdk.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
	sdk.destroy();
	await sandbox.close();
	hook.close();
});

const put = (Key: string, more = {}) =>
	sdk.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...more }));
const configure = async (NotificationConfiguration: NotificationConfiguration) => {
	await sdk.send(
		new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }),
	);
	await sandbox.events.settled();
};
const records = async () => {
	await sandbox.events.settled();
	return received.flatMap(([path, { Records = [] }]) => Records.map((one) => [path, one] as const));
};

test('everything that happens, for listeners in this process', async () => {
	const seen: string[] = [];
	const stop = sandbox.events.listen(({ name, version }) => seen.push(`${name} ${version.key}`));
	await put('a', { Tagging: 'a=b' });
	await sdk.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }));
	await sdk.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'b' }));
	await sdk.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
	await sdk.send(new DeleteObjectCommand({ Bucket, Key: 'absent' }));
	await sdk.send(
		new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
	);
	await sdk.send(new DeleteObjectCommand({ Bucket, Key: 'b' }));
	stop();
	await put('c');
	expect(seen).toEqual([
		'ObjectCreated:Put a',
		'ObjectCreated:Copy b',
		'ObjectTagging:Delete b',
		'ObjectRemoved:Delete a',
		'ObjectRemoved:DeleteMarkerCreated b',
	]);
});

test('a test message at once, then one message for every event that is wanted', async () => {
	await configure({
		TopicConfigurations: [
			{
				Id: 'mine',
				TopicArn: topic('aws'),
				Events: ['s3:ObjectCreated:*'],
				Filter: {
					Key: {
						FilterRules: [
							{ Name: 'prefix', Value: 'in/' },
							{ Name: 'suffix', Value: '.txt' },
						],
					},
				},
			},
		],
	});
	expect(received).toMatchObject([['/aws', { Event: 's3:TestEvent', Bucket }]]);
	await Promise.all(['in/a +ü.txt', 'in/b.csv', 'out/c.txt'].map((key) => put(key)));
	await sdk.send(new DeleteObjectCommand({ Bucket, Key: 'in/a +ü.txt' }));
	const got = await records();
	expect(got).toMatchObject([
		[
			'/aws',
			{
				eventSource: 'aws:s3',
				eventName: 'ObjectCreated:Put',
				s3: { configurationId: 'mine', object: { key: 'in/a+%2B%C3%BC.txt', size: 12 } },
			},
		],
	]);
});

test("Ceph's records hold the key as it is, and no test message comes", async () => {
	const Events = ['s3:ObjectCreated:Put', 's3:ObjectRemoved:*'] as const;
	await configure({
		TopicConfigurations: [{ TopicArn: topic('ceph'), Events: [...Events] }],
	});
	expect(received).toEqual([]);
	await put('a +ü');
	await sdk.send(new DeleteObjectCommand({ Bucket, Key: 'a +ü' }));
	expect(
		(await records())
			.map(([path, { eventSource, eventName, s3 }]) => [
				path,
				eventSource,
				eventName,
				s3.object.key,
			])
			.sort(),
	).toEqual([
		['/ceph', 'ceph:s3', 'ObjectCreated:Put', 'a +ü'],
		['/ceph', 'ceph:s3', 'ObjectRemoved:Delete', 'a +ü'],
	]);
});

test('what is refused is sent again', async () => {
	await configure({
		QueueConfigurations: [{ QueueArn: topic('aws'), Events: ['s3:ObjectCreated:Put'] }],
	});
	refuse = 2;
	await put('again');
	expect(await records()).toHaveLength(1);
});

test('a configuration comes back with ids, and unknown places and events are refused', async () => {
	const get = () => sdk.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
	expect((await get()).TopicConfigurations).toBeUndefined();
	await configure({
		TopicConfigurations: [{ TopicArn: topic('aws'), Events: ['s3:ObjectCreated:*'] }],
	});
	const { TopicConfigurations } = await get();
	expect(TopicConfigurations).toMatchObject([{ TopicArn: topic('aws') }]);
	expect(TopicConfigurations?.[0]?.Id).toMatch(/.{8}/);
	const wrong = (change: object) =>
		codeOf(
			configure({
				TopicConfigurations: [
					{ TopicArn: topic('aws'), Events: ['s3:ObjectCreated:*'], ...change },
				],
			}),
		);
	expect(await wrong({ TopicArn: topic('nowhere') })).toBe('InvalidArgument');
	expect(await wrong({ Events: ['s3:ObjectPainted'] })).toBe('InvalidArgument');
	expect(await wrong({ Events: [] })).toBe('MalformedXML');
	await configure({});
	expect((await get()).TopicConfigurations).toBeUndefined();
});
