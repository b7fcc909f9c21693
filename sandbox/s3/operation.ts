import type { Answer } from './answer.ts';
import type { Account } from './authentication.ts';
import type { ReceivedBody } from './body.ts';
import { S3Error } from './errors.ts';
import type { Events } from './events.ts';
import type { S3Request } from './request.ts';
import type { Bucket, Store, Version } from './store.ts';
import { parseXml, type XmlNode } from './xml.ts';

/** Everything an operation needs: the authenticated request, its whole body, and the store. */
export interface Call {
	request: S3Request;
	body: ReceivedBody;
	account: Account;
	/** Name of the user the account belongs to. */
	user: string;
	/** Who may sign. */
	accounts: readonly Account[];
	/** Names of all users. */
	users: readonly string[];
	store: Store;
	/** Milliseconds. */
	now: number;
	/** Region of the service. */
	region: string;
	minPartSize: number;
	/** Whether an upload is unknown once it is completed. */
	forgetsUploads: boolean;
	/** How long a restoration from the archive takes. */
	restoreMs: number;
	/** Tells who listens what happened to an object. */
	tell(name: string, bucket: Bucket, version: Version): void;
	/** Where events go. */
	events: Events;
	/** Ids of the request. */
	ids: { requestId: string; hostId: string };
	/** Keys ("bucket/key") whose deletion a policy forbids. */
	denyDelete: ReadonlySet<string>;
	/** Buckets whose parts are checked and counted, but not kept. */
	forgetful: ReadonlySet<string>;
}

/** One operation, done in one step without waiting, so that it is atomic. */
export type Handler = (call: Call) => Answer;

/** The bucket of that name. @throws S3Error NoSuchBucket, or AccessDenied when it is not for this account */
export function findBucket(
	{ store, account }: Pick<Call, 'store' | 'account'>,
	name: string,
): Bucket {
	const bucket = store.buckets.get(name);
	if (!bucket) throw new S3Error('NoSuchBucket', { elements: { BucketName: name } });
	if (!maySee(account, name)) throw new S3Error('AccessDenied');
	return bucket;
}

/** Whether the account may see a bucket. */
export function maySee(account: Account, bucket: string): boolean {
	return account.buckets === undefined || account.buckets.includes(bucket);
}

/** The bucket of the request. */
export function bucketOf(call: Call): Bucket {
	return findBucket(call, call.request.bucket ?? '');
}

/** The key of the request. */
export function keyOf({ request }: Call): string {
	return request.key ?? '';
}

/** An error about one argument, with its name and value. */
export function invalidArgument(name: string, value: string, message: string): S3Error {
	return new S3Error('InvalidArgument', {
		message,
		elements: { ArgumentName: name, ArgumentValue: value },
	});
}

/** A whole number from the query. @throws S3Error InvalidArgument */
export function integerArgument(
	request: S3Request,
	name: string,
	{ usual, min, max }: { usual: number; min: number; max: number },
): number {
	const text = request.query.get(name);
	if (text === undefined || text === '') return usual;
	const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
	if (!(value >= min && value <= 2_147_483_647)) {
		throw invalidArgument(
			name,
			text,
			`Argument ${name} must be an integer between ${min} and 2147483647`,
		);
	}
	return Math.min(value, max);
}

/** The body as an XML document with that root. @throws S3Error MalformedXML */
export function xmlBody({ body }: Call, root: string): XmlNode {
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(body.chunks));
		const node = parseXml(text);
		if (node.name === root) return node;
	} catch {
		// Not well-formed or not UTF-8: the same answer.
	}
	throw new S3Error('MalformedXML');
}

/** A time as in listings: whole seconds. */
export function isoTime(time: number): string {
	return new Date(Math.floor(time / 1000) * 1000).toISOString();
}
