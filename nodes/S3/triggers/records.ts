import { fingerprint } from '../../shared/ground/fingerprint';
import { Failure } from '../../shared/resilience/failure';

export type RecordKind = 'created' | 'deleted' | 'other' | 'restored' | 'tagged';

/** One thing that happened to an object, whoever told of it. */
export interface EventRecord {
	event: RecordKind;
	/** in the words of S3, without "s3:": "ObjectCreated:Put" */
	eventName: string;
	bucket: string;
	/** as the object is called, decoded */
	key: string;
	size?: number;
	etag?: string;
	versionId?: string;
	/** ISO 8601 */
	time?: string;
	/** hexadecimal: of two events of one key the later one has the greater value */
	sequencer?: string;
	/** "aws:s3", "ceph:s3", "minio:s3", "aws.s3" (EventBridge) ... */
	source: string;
	/** as it was sent */
	raw: Json;
}

const ID_LENGTH = 12;

/** The same for the same event, however often it is sent. */
export const idOf = ({
	eventName,
	bucket,
	key,
	etag,
	versionId,
	sequencer,
	time,
}: EventRecord): string =>
	fingerprint([eventName, bucket, key, etag, versionId, sequencer, time]).slice(0, ID_LENGTH);

export type KeyEncoding = 'auto' | 'encoded' | 'plain';

type Json = Record<string, unknown>;

const isJson = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const inside = (value: unknown, ...path: string[]): unknown =>
	path.reduce<unknown>((above, name) => (isJson(above) ? above[name] : undefined), value);

/**
 * The records in what a sender has posted: S3's own shape (AWS, Ceph, MinIO and others), an event of
 * EventBridge, either of them inside a CloudEvent, or a list of these. Empty for the test event that S3
 * sends when a notification is set up.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 * @throws Failure when it is nothing of the kind
 */
export function recordsOf(body: unknown, encoding: KeyEncoding): EventRecord[] {
	if (Array.isArray(body)) return body.flatMap((member) => recordsOf(member, encoding));
	if (!isJson(body)) throw malformed('The body is not a JSON object');
	if (Array.isArray(body.Records)) return body.Records.map((one) => s3Record(one, encoding));
	if (body.Event === 's3:TestEvent') return [];
	if (text(body['detail-type']) && isJson(body.detail)) return [bridgeRecord(body)];
	if (text(body.specversion) && body.data !== undefined) return recordsOf(body.data, encoding);
	// Some senders put the record itself into a CloudEvent.
	if (isJson(body.s3)) return [s3Record(body, encoding)];
	throw malformed('The body is no event of a bucket: it has neither "Records" nor "detail"');
}

function s3Record(raw: unknown, encoding: KeyEncoding): EventRecord {
	const [bucket, key] = [inside(raw, 's3', 'bucket', 'name'), inside(raw, 's3', 'object', 'key')];
	if (!isJson(raw) || !text(bucket) || !text(key))
		throw malformed('A record names no bucket or no object');
	const object = inside(raw, 's3', 'object');
	const source = text(raw.eventSource) ?? '';
	const eventName = (text(raw.eventName) ?? '').replace(/^s3:/, '');
	return {
		event: kindOf(eventName),
		eventName,
		bucket: String(bucket),
		key: isEncoded(source, encoding) ? decoded(String(key)) : String(key),
		...details(object, text(inside(object, 'eTag')), text(inside(object, 'versionId'))),
		...(text(raw.eventTime) && { time: text(raw.eventTime) }),
		source,
		raw,
	};
}

/** Keys in events of EventBridge are not encoded. */
function bridgeRecord(raw: Json): EventRecord {
	const { detail } = raw;
	const [bucket, key] = [inside(detail, 'bucket', 'name'), inside(detail, 'object', 'key')];
	if (!text(bucket) || !text(key)) throw malformed('The event names no bucket or no object');
	const object = inside(detail, 'object');
	// "Object Created" and "PutObject" are what S3 itself calls ObjectCreated:Put.
	const type = (text(raw['detail-type']) ?? '').replaceAll(' ', '');
	const reason = text(inside(detail, 'reason')) ?? text(inside(detail, 'deletion-type'));
	const eventName = reason ? `${type}:${reason.replaceAll(' ', '')}` : type;
	return {
		event: kindOf(type),
		eventName,
		bucket: String(bucket),
		key: String(key),
		...details(object, text(inside(object, 'etag')), text(inside(object, 'version-id'))),
		...(text(raw.time) && { time: text(raw.time) }),
		source: text(raw.source) ?? '',
		raw,
	};
}

function details(object: unknown, etag: string | undefined, versionId: string | undefined) {
	const size = inside(object, 'size');
	const sequencer = text(inside(object, 'sequencer'));
	return {
		...(typeof size === 'number' && { size }),
		...(etag && { etag: etag.replace(/^"|"$/g, '') }),
		...(versionId && versionId !== 'null' && { versionId }),
		...(sequencer && { sequencer }),
	};
}

const KINDS: Array<[RegExp, RecordKind]> = [
	[/^Object_?Created/, 'created'],
	[/^Object(Removed|Deleted)|^LifecycleExpiration|^ObjectLifecycle:Expiration/, 'deleted'],
	[/^ObjectRestore/, 'restored'],
	[/^ObjectTag/, 'tagged'],
];

const kindOf = (eventName: string): RecordKind =>
	KINDS.find(([pattern]) => pattern.test(eventName))?.[1] ?? 'other';

// Ceph sends keys as they are; AWS and MinIO encode them as in forms (measured, and their documents).
const PLAIN_SENDERS = new Set(['ceph:s3']);

const isEncoded = (source: string, encoding: KeyEncoding) =>
	encoding === 'auto' ? !PLAIN_SENDERS.has(source) : encoding === 'encoded';

function decoded(key: string): string {
	try {
		return decodeURIComponent(key.replaceAll('+', ' '));
	} catch {
		// A sender that encodes does not send this.
		return key;
	}
}

const malformed = (message: string) =>
	new Failure({ kind: 'invalid', phase: 'rejected', code: 'MALFORMED', message });
