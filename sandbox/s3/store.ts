import { randomBytes } from 'node:crypto';
import type { Acl } from './acl.ts';
import type { Answer } from './answer.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksum.ts';
import type { Restoration } from './archive.ts';
import type { Encryption } from './encryption.ts';
import type { BucketLock, ObjectLock } from './objectLock.ts';
import { SortedKeys } from './sortedKeys.ts';
import type { XmlNode } from './xml.ts';

/** Headers that are kept with an object and come back with it; names in lower case. */
export interface ObjectMetadata {
	/** content-type, cache-control, content-disposition, content-encoding, content-language, expires */
	system: Record<string, string>;
	/** `x-amz-meta-*` without the prefix. */
	user: Record<string, string>;
	storageClass: string;
}

/** Everything about an object that is not its bytes. */
export interface ObjectProperties {
	/** Name of the user. */
	owner: string;
	metadata: ObjectMetadata;
	tags: ReadonlyMap<string, string>;
	acl: Acl;
	lock: ObjectLock;
	encryption: Encryption;
}

export interface StoredObject extends ObjectProperties {
	key: string;
	/** "null" for what was written without versioning. */
	versionId: string;
	chunks: readonly Buffer[];
	size: number;
	/** Without quotes. */
	etag: string;
	/** Milliseconds, whole seconds as in S3. */
	lastModified: number;
	checksum?: Checksum;
	restoration?: Restoration;
	/** The parts of a multipart object. */
	parts?: ReadonlyArray<Pick<StoredPart, 'partNumber' | 'size' | 'checksum'>>;
}

/** What a delete leaves behind in a bucket with versioning. */
export interface DeleteMarker {
	key: string;
	versionId: string;
	lastModified: number;
	owner: string;
	chunks?: undefined;
}

export type Version = StoredObject | DeleteMarker;

/** Whether a version is an object and no delete marker. */
export function isObject(version: Version | undefined): version is StoredObject {
	return version?.chunks !== undefined;
}

export interface StoredPart {
	partNumber: number;
	chunks: readonly Buffer[];
	size: number;
	etag: string;
	lastModified: number;
	checksum?: { algorithm: ChecksumAlgorithm; value: string };
}

export interface MultipartUpload extends ObjectProperties {
	bucket: string;
	key: string;
	uploadId: string;
	initiated: number;
	checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType };
	parts: Map<number, StoredPart>;
}

export interface CompletedUpload {
	key: string;
	/** Numbers and ETags of the parts it was completed with. */
	parts: string;
	answer: Answer;
}

export interface Bucket {
	name: string;
	region: string;
	/** Name of the user. */
	owner: string;
	created: number;
	/** Absent until it was enabled for the first time. */
	versioning?: 'Enabled' | 'Suspended';
	acl: Acl;
	/** Whether and how objects are locked. */
	lock?: BucketLock;
	/** The bucket policy as it was put. */
	policy?: string;
	/** Configurations by the name of their query parameter, as they were put. */
	documents: Map<string, XmlNode>;
	/** What a plain GET finds. */
	objects: Map<string, StoredObject>;
	/** Versions that a plain GET does not find and delete markers, by key, newest first. */
	hidden: Map<string, readonly Version[]>;
	/** Every key that has a version. */
	keys: SortedKeys;
	uploads: Map<string, MultipartUpload>;
	/** What was answered to the completion of an upload, by its id. */
	completed: Map<string, CompletedUpload>;
}

/** What really happened to one key: the number of committed writes and of objects removed. */
export interface Effect {
	writes: number;
	deletes: number;
}

/** A bucket without anything in it. */
export function newBucket(
	about: Pick<Bucket, 'name' | 'region' | 'owner' | 'created' | 'acl'>,
): Bucket {
	return {
		...about,
		documents: new Map(),
		objects: new Map(),
		hidden: new Map(),
		keys: new SortedKeys(),
		uploads: new Map(),
		completed: new Map(),
	};
}

/** All versions of a key, newest first. */
export function versionsOf(bucket: Bucket, key: string): readonly Version[] {
	const current = bucket.objects.get(key);
	const hidden = bucket.hidden.get(key) ?? [];
	return current ? [current, ...hidden] : hidden;
}

function arrange(bucket: Bucket, key: string, versions: readonly Version[]): void {
	const [newest, ...older] = versions;
	const hidden = isObject(newest) ? older : versions;
	if (isObject(newest)) bucket.objects.set(key, newest);
	else bucket.objects.delete(key);
	if (hidden.length > 0) bucket.hidden.set(key, hidden);
	else bucket.hidden.delete(key);
	if (versions.length > 0) bucket.keys.add(key);
	else bucket.keys.delete(key);
}

/** Everything the server holds. Each method is one atomic step. */
export class Store {
	readonly buckets = new Map<string, Bucket>();
	/** By "bucket/key". */
	readonly effects = new Map<string, Effect>();

	/** Writes an object; with versioning the one before stays as an older version. */
	put(bucket: Bucket, object: Omit<StoredObject, 'versionId'>): StoredObject {
		const stored = { ...object, versionId: nextVersionId(bucket) };
		this.supersede(bucket, stored);
		this.effect(bucket, object.key).writes++;
		return stored;
	}

	/** Deletes a key: with versioning by a marker, which is returned. */
	remove(
		bucket: Bucket,
		{ key, owner, lastModified }: Pick<DeleteMarker, 'key' | 'owner' | 'lastModified'>,
	): DeleteMarker | undefined {
		if (bucket.objects.has(key)) this.effect(bucket, key).deletes++;
		if (bucket.versioning === undefined) {
			arrange(bucket, key, []);
			return undefined;
		}
		const marker = { key, owner, lastModified, versionId: nextVersionId(bucket) };
		this.supersede(bucket, marker);
		return marker;
	}

	/** Removes one version for good. Returns what it was. */
	removeVersion(bucket: Bucket, key: string, versionId: string): Version | undefined {
		const versions = versionsOf(bucket, key);
		const removed = versions.find((one) => one.versionId === versionId);
		if (!removed) return undefined;
		arrange(
			bucket,
			key,
			versions.filter((one) => one !== removed),
		);
		if (isObject(removed)) this.effect(bucket, key).deletes++;
		return removed;
	}

	/** Changes properties of one version where it stands. */
	change(bucket: Bucket, object: StoredObject, change: Partial<StoredObject>): void {
		arrange(
			bucket,
			object.key,
			versionsOf(bucket, object.key).map((one) =>
				one.versionId === object.versionId ? { ...object, ...change } : one,
			),
		);
	}

	/** All multipart uploads that are neither completed nor aborted. */
	openUploads(): MultipartUpload[] {
		return [...this.buckets.values()].flatMap((bucket) => [...bucket.uploads.values()]);
	}

	/** Puts a version on top of the others; a null version takes the place of the one before. */
	private supersede(bucket: Bucket, version: Version): void {
		const others = versionsOf(bucket, version.key).filter(
			({ versionId }) => versionId !== version.versionId,
		);
		arrange(bucket, version.key, [version, ...others]);
	}

	private effect(bucket: Bucket, key: string): Effect {
		const name = `${bucket.name}/${key}`;
		const effect = this.effects.get(name) ?? { writes: 0, deletes: 0 };
		this.effects.set(name, effect);
		return effect;
	}
}

/** An opaque id, as S3 gives to uploads. */
export function newUploadId(): string {
	return randomBytes(24).toString('base64url');
}

function nextVersionId({ versioning }: Bucket): string {
	if (versioning !== 'Enabled') return 'null';
	return randomBytes(24).toString('base64').replace(/[+/]/g, '.');
}
