import { recordsOf } from '../../../nodes/S3/triggers/records';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
const aws = (key: string, eventSource = 'aws:s3', eventName = 'ObjectCreated:Put') => ({
	eventVersion: '2.1',
	eventSource,
	awsRegion: 'us-west-2',
	eventTime: '1970-01-01T00:00:00.000Z',
	eventName,
	userIdentity: { principalId: 'AIDAJDPLRKLG7UEXAMPLE' },
	requestParameters: { sourceIPAddress: '127.0.0.1' },
	responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'FMyUVURIY8/IgAtTv8' },
	s3: {
		s3SchemaVersion: '1.0',
		configurationId: 'testConfigRule',
		bucket: {
			name: 'amzn-s3-demo-bucket',
			ownerIdentity: { principalId: 'A3NL1KOZZKExample' },
			arn: 'arn:aws:s3:::amzn-s3-demo-bucket',
		},
		object: {
			key,
			size: 1024,
			eTag: 'd41d8cd98f00b204e9800998ecf8427e',
			versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
			sequencer: '0055AED6DCD90281E5',
		},
	},
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
const bridge = {
	version: '0',
	id: '17793124-05d4-b198-2fde-7ededc63b103',
	'detail-type': 'Object Created',
	source: 'aws.s3',
	account: '111122223333',
	time: '2021-11-12T00:00:00Z',
	region: 'ca-central-1',
	resources: ['arn:aws:s3:::amzn-s3-demo-bucket1'],
	detail: {
		version: '0',
		bucket: { name: 'amzn-s3-demo-bucket1' },
		object: {
			key: 'a+b %20.txt',
			size: 5,
			etag: 'b1946ac92492d2347c6235b4d2611184',
			'version-id': 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
			sequencer: '617f08299329d189',
		},
		'request-id': 'N4N7GDK58NMKJ12R',
		requester: '123456789012',
		'source-ip-address': '1.2.3.4',
		reason: 'PutObject',
	},
};

test('a record of Amazon S3 has all its fields', () => {
	const raw = aws('HappyFace.jpg');
	expect(recordsOf({ Records: [raw] }, 'auto')).toEqual([
		{
			event: 'created',
			eventName: 'ObjectCreated:Put',
			bucket: 'amzn-s3-demo-bucket',
			key: 'HappyFace.jpg',
			size: 1024,
			etag: 'd41d8cd98f00b204e9800998ecf8427e',
			versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
			time: '1970-01-01T00:00:00.000Z',
			sequencer: '0055AED6DCD90281E5',
			source: 'aws:s3',
			raw,
		},
	]);
});

test('an event of EventBridge has the same fields; its key is not encoded', () => {
	expect(recordsOf(bridge, 'auto')).toEqual([
		{
			event: 'created',
			eventName: 'ObjectCreated:PutObject',
			bucket: 'amzn-s3-demo-bucket1',
			key: 'a+b %20.txt',
			size: 5,
			etag: 'b1946ac92492d2347c6235b4d2611184',
			versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
			time: '2021-11-12T00:00:00Z',
			sequencer: '617f08299329d189',
			source: 'aws.s3',
			raw: bridge,
		},
	]);
});

test.each([
	['aws:s3', 'auto', 'red+flower%2Fa%2Bb%C3%BC.jpg', 'red flower/a+bü.jpg'],
	['minio:s3', 'auto', 'red+flower%2Fa%2Bb.jpg', 'red flower/a+b.jpg'],
	['ceph:s3', 'auto', 'red+flower%2F.jpg', 'red+flower%2F.jpg'],
	['ceph:s3', 'encoded', 'red+flower', 'red flower'],
	['aws:s3', 'plain', 'red+flower', 'red+flower'],
	['aws:s3', 'auto', '100%', '100%'],
] as const)('a key from %s, encoding %s: %s', (source, encoding, sent, key) => {
	expect(recordsOf({ Records: [aws(sent, source)] }, encoding)[0]?.key).toBe(key);
});

test.each([
	['s3:ObjectCreated:CompleteMultipartUpload', 'created', 'ObjectCreated:CompleteMultipartUpload'],
	['ObjectRemoved:DeleteMarkerCreated', 'deleted', 'ObjectRemoved:DeleteMarkerCreated'],
	['LifecycleExpiration:Delete', 'deleted', 'LifecycleExpiration:Delete'],
	['ObjectRestore:Completed', 'restored', 'ObjectRestore:Completed'],
	['ObjectTagging:Put', 'tagged', 'ObjectTagging:Put'],
	['s3:ObjectAccessed:Get', 'other', 'ObjectAccessed:Get'],
])('%s is %s', (sent, event, eventName) => {
	expect(recordsOf({ Records: [aws('k', 'minio:s3', sent)] }, 'auto')[0]).toMatchObject({
		event,
		eventName,
	});
});

test.each([
	['Object Deleted', { 'deletion-type': 'Delete Marker Created' }, 'deleted'],
	['Object Restore Completed', {}, 'restored'],
	['Object Tags Added', {}, 'tagged'],
	['Object Storage Class Changed', {}, 'other'],
])('EventBridge: %s', (type, more, event) => {
	const detail = { ...bridge.detail, reason: undefined, ...more };
	expect(recordsOf({ ...bridge, 'detail-type': type, detail }, 'auto')[0]?.event).toBe(event);
});

test('CloudEvents and lists are taken apart; the test event of S3 holds nothing', () => {
	const cloud = { specversion: '1.0', type: 'x', source: 's', id: '1', data: aws('in cloud') };
	const list = recordsOf([bridge, cloud, { Records: [aws('a'), aws('b')] }], 'plain');
	expect(list.map(({ key }) => key)).toEqual(['a+b %20.txt', 'in cloud', 'a', 'b']);
	const testEvent = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b', RequestId: 'r' };
	expect(recordsOf(testEvent, 'auto')).toEqual([]);
});

test.each([['text'], [null], [{}], [{ Records: [{}] }], [{ Records: ['x'] }], [{ detail: {} }]])(
	'%j is no event',
	(body) => {
		expect(() => recordsOf(body, 'auto')).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
	},
);
