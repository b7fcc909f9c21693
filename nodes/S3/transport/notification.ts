import type { S3Client } from './client';
import { successBody } from './failure';
import { withXml } from './subresource';
import type { XmlContent, XmlElement } from './xml';
import { text } from './xml';

/** One entry of the notification configuration of a bucket. */
export interface Notification {
	id: string;
	/** topic, queue or function */
	arn: string;
	/** "s3:ObjectCreated:*" */
	events: string[];
	prefix: string;
	suffix: string;
}

const ROOT = 'NotificationConfiguration';
const notification: Array<[string, string]> = [['notification', '']];

/** The entries there are, as the server has them. */
async function entriesOf(s3: S3Client, bucket: string): Promise<readonly XmlElement[]> {
	const request = { operation: 'GetBucketNotificationConfiguration', method: 'GET' as const };
	return await s3.call({ ...request, bucket, query: notification }, (received) => {
		return successBody(ROOT, received, s3.clock.now()).children;
	});
}

async function putEntries(
	s3: S3Client,
	bucket: string,
	entries: Array<[name: string, content: XmlContent]>,
): Promise<void> {
	const content: Record<string, XmlContent[]> = {};
	for (const [name, entry] of entries) (content[name] ??= []).push(entry);
	const request = { operation: 'PutBucketNotificationConfiguration', method: 'PUT' as const };
	await s3.call(withXml({ ...request, bucket, query: notification }, ROOT, content), () => {});
}

/** Whether the bucket has an entry of this id. */
export async function hasNotification(s3: S3Client, bucket: string, id: string): Promise<boolean> {
	return (await entriesOf(s3, bucket)).some((entry) => text(entry, 'Id') === id);
}

/**
 * Adds an entry, or replaces that of the same id, and keeps the others: S3 only knows how to write all
 * of them.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export async function addNotification(
	s3: S3Client,
	bucket: string,
	{ id, arn, events, prefix, suffix }: Notification,
): Promise<void> {
	const others = (await entriesOf(s3, bucket)).filter((entry) => text(entry, 'Id') !== id);
	const rules = [
		...(prefix ? [{ Name: 'prefix', Value: prefix }] : []),
		...(suffix ? [{ Name: 'suffix', Value: suffix }] : []),
	];
	const [entry, target] = namesOf(arn);
	const filter = rules.length > 0 ? { S3Key: { FilterRule: rules } } : undefined;
	await putEntries(s3, bucket, [
		...others.map(written),
		[entry, { Id: id, [target]: arn, Event: events, Filter: filter }],
	]);
}

/**
 * Takes an entry out again, and keeps the others.
 * @returns the ARN of its topic, where it was there and had one
 */
export async function removeNotification(
	s3: S3Client,
	bucket: string,
	id: string,
): Promise<string | undefined> {
	const entries = await entriesOf(s3, bucket);
	const mine = entries.find((entry) => text(entry, 'Id') === id);
	if (!mine) return undefined;
	const others = entries.filter((entry) => entry !== mine);
	await putEntries(s3, bucket, others.map(written));
	if (await hasNotification(s3, bucket, id)) await removeFromCeph(s3, bucket, id);
	return text(mine, 'Topic');
}

async function removeFromCeph(s3: S3Client, bucket: string, id: string): Promise<void> {
	// Ceph adds what is put to what is there, and has a request of its own for this.
	// https://docs.ceph.com/en/latest/radosgw/s3/bucketops/#delete-notification
	const request = { operation: 'DeleteBucketNotification', method: 'DELETE' as const, bucket };
	await s3.call({ ...request, query: [['notification', id]] }, () => {});
}

const namesOf = (arn: string): [entry: string, target: string] => {
	const service = arn.split(':')[2];
	if (service === 'sqs') return ['QueueConfiguration', 'Queue'];
	if (service === 'lambda') return ['CloudFunctionConfiguration', 'CloudFunction'];
	return ['TopicConfiguration', 'Topic'];
};

/** What was read, to be written again. */
const written = (element: XmlElement): [string, XmlContent] => [element.name, contentOf(element)];

function contentOf({ text: own, children }: XmlElement): XmlContent {
	if (children.length === 0) return own;
	const content: Record<string, XmlContent[]> = {};
	for (const child of children) (content[child.name] ??= []).push(contentOf(child));
	return content;
}

/**
 * Makes a topic of Ceph that posts to an address, or points it there. It has the interface of SNS.
 * https://docs.ceph.com/en/latest/radosgw/notifications/#create-a-topic
 * @returns its ARN
 */
export async function createCephTopic(
	s3: S3Client,
	name: string,
	address: string,
): Promise<string> {
	const form = {
		Action: 'CreateTopic',
		Name: name,
		'Attributes.entry.1.key': 'push-endpoint',
		'Attributes.entry.1.value': address,
		// Kept until it is delivered, when this n8n is down as well.
		'Attributes.entry.2.key': 'persistent',
		'Attributes.entry.2.value': 'true',
	};
	return await s3.call(snsRequest('CreateTopic', form), (received) => {
		const answer = successBody('CreateTopicResponse', received, s3.clock.now());
		return text(answer, 'CreateTopicResult', 'TopicArn') ?? '';
	});
}

export async function deleteCephTopic(s3: S3Client, arn: string): Promise<void> {
	await s3.call(snsRequest('DeleteTopic', { Action: 'DeleteTopic', TopicArn: arn }), () => {});
}

function snsRequest(operation: string, form: Record<string, string>) {
	return {
		operation,
		method: 'POST' as const,
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: Buffer.from(new URLSearchParams(form).toString()),
		accept: operation === 'DeleteTopic' ? [404] : [],
	};
}
