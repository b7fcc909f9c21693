import type { S3Event } from './events.ts';
import { uriEncode } from './sigv4.ts';
import { isObject, type Bucket } from './store.ts';
import { canonicalId } from './users.ts';

export type RecordShape = 'aws' | 'ceph';

/** Amazon encodes keys like a form: a space is "+". */
function encoded(key: string): string {
	return uriEncode(Buffer.from(key).toString('latin1'), '/*').replaceAll('%20', '+');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function awsRecord(event: S3Event, configurationId: string): object {
	const { bucket, version, sequencer } = event;
	const written = isObject(version) && event.name.startsWith('ObjectCreated:');
	return {
		eventVersion: '2.1',
		eventSource: 'aws:s3',
		awsRegion: event.region,
		eventTime: new Date(event.time).toISOString(),
		eventName: event.name,
		userIdentity: { principalId: `AWS:${canonicalId(event.user).slice(0, 21).toUpperCase()}` },
		requestParameters: { sourceIPAddress: event.address },
		responseElements: { 'x-amz-request-id': event.requestId, 'x-amz-id-2': event.hostId },
		s3: {
			s3SchemaVersion: '1.0',
			configurationId,
			bucket: {
				name: bucket.name,
				ownerIdentity: { principalId: canonicalId(bucket.owner).slice(0, 14).toUpperCase() },
				arn: `arn:aws:s3:::${bucket.name}`,
			},
			object: {
				key: encoded(version.key),
				...(written && { size: version.size, eTag: version.etag }),
				...(bucket.versioning !== undefined && { versionId: version.versionId }),
				sequencer,
			},
		},
	};
}

/** https://docs.ceph.com/en/latest/radosgw/notifications/: the key as it is, no region. */
function cephRecord(event: S3Event, configurationId: string): object {
	const { bucket, version, sequencer } = event;
	const object = isObject(version) ? version : undefined;
	const pairs = (entries: Iterable<readonly [string, string]>) =>
		[...entries].map(([key, val]) => ({ key, val }));
	return {
		eventVersion: '2.2',
		eventSource: 'ceph:s3',
		awsRegion: '',
		eventTime: new Date(event.time).toISOString(),
		eventName: event.name,
		userIdentity: { principalId: event.user },
		requestParameters: { sourceIPAddress: '' },
		responseElements: { 'x-amz-request-id': event.requestId, 'x-amz-id-2': event.hostId },
		s3: {
			s3SchemaVersion: '1.0',
			configurationId,
			bucket: {
				name: bucket.name,
				ownerIdentity: { principalId: bucket.owner },
				arn: `arn:aws:s3:::${bucket.name}`,
				id: canonicalId(bucket.name).slice(0, 36),
			},
			object: {
				key: version.key,
				size: object?.size ?? 0,
				eTag: object?.etag ?? '',
				versionId: version.versionId === 'null' ? '' : version.versionId,
				sequencer,
				metadata: pairs(
					Object.entries(object?.metadata.user ?? {}).map(([name, value]) => {
						return [`x-amz-meta-${name}`, value] as const;
					}),
				),
				tags: pairs(object?.tags ?? []),
			},
		},
		eventId: `${Math.floor(event.time / 1000)}.${sequencer}.${version.key}`,
	};
}

const shapes = { aws: awsRecord, ceph: cephRecord };

/** One event as one of `Records`. */
export function eventRecord(event: S3Event, configurationId: string, shape: RecordShape): object {
	return shapes[shape](event, configurationId);
}

/** The message that only proves that a target can be reached. */
export function testEvent({
	bucket,
	time,
	requestId,
	hostId,
}: {
	bucket: Bucket;
	time: number;
	requestId: string;
	hostId: string;
}): object {
	return {
		Service: 'Amazon S3',
		Event: 's3:TestEvent',
		Time: new Date(time).toISOString(),
		Bucket: bucket.name,
		RequestId: requestId,
		HostId: hostId,
	};
}
