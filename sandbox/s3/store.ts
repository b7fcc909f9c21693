import { randomBytes } from 'node:crypto';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksum.ts';

/** Headers that are kept with an object and come back with it; names in lower case. */
export interface ObjectMetadata {
	/** content-type, cache-control, content-disposition, content-encoding, content-language, expires */
	system: Record<string, string>;
	/** `x-amz-meta-*` without the prefix. */
	user: Record<string, string>;
	storageClass: string;
}

export interface StoredObject {
	key: string;
	chunks: readonly Buffer[];
	size: number;
	/** Without quotes. */
	etag: string;
	/** Milliseconds, whole seconds as in S3. */
	lastModified: number;
	metadata: ObjectMetadata;
	owner: string;
	checksum?: Checksum;
	/** Sizes of the parts of a multipart object. */
	partSizes?: number[];
}

export interface StoredPart {
	partNumber: number;
	chunks: readonly Buffer[];
	size: number;
	etag: string;
	lastModified: number;
	checksum?: { algorithm: ChecksumAlgorithm; value: string };
}

export interface MultipartUpload {
	bucket: string;
	key: string;
	uploadId: string;
	initiated: number;
	owner: string;
	metadata: ObjectMetadata;
	checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType };
	parts: Map<number, StoredPart>;
}

export interface Bucket {
	name: string;
	region: string;
	owner: string;
	created: number;
	objects: Map<string, StoredObject>;
	uploads: Map<string, MultipartUpload>;
}

/** What really happened to one key: the number of committed writes and of objects removed. */
export interface Effect {
	writes: number;
	deletes: number;
}

/** Order of keys in listings: by their UTF-8 bytes, which is the order of code points. */
export function compareKeys(a: string, b: string): number {
	const length = Math.min(a.length, b.length);
	for (let at = 0; at < length; at++) {
		const x = a.charCodeAt(at);
		const y = b.charCodeAt(at);
		if (x === y) continue;
		// Surrogates stand for code points above all others of UTF-16.
		const xHigh = x >= 0xd800 && x <= 0xdfff;
		const yHigh = y >= 0xd800 && y <= 0xdfff;
		return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
	}
	return a.length - b.length;
}

/** Everything the server holds. Each method is one atomic step. */
export class Store {
	readonly buckets = new Map<string, Bucket>();
	/** By "bucket/key". */
	readonly effects = new Map<string, Effect>();
	private readonly sortedKeys = new WeakMap<Bucket, string[]>();

	put(bucket: Bucket, object: StoredObject): void {
		if (!bucket.objects.has(object.key)) this.sortedKeys.delete(bucket);
		bucket.objects.set(object.key, object);
		this.effect(bucket, object.key).writes++;
	}

	/** Returns whether there was an object. */
	remove(bucket: Bucket, key: string): boolean {
		if (!bucket.objects.delete(key)) return false;
		this.sortedKeys.delete(bucket);
		this.effect(bucket, key).deletes++;
		return true;
	}

	/** The keys of a bucket in the order of listings. */
	keys(bucket: Bucket): readonly string[] {
		const known = this.sortedKeys.get(bucket);
		if (known) return known;
		const keys = [...bucket.objects.keys()].sort(compareKeys);
		this.sortedKeys.set(bucket, keys);
		return keys;
	}

	/** All multipart uploads that are neither completed nor aborted. */
	openUploads(): MultipartUpload[] {
		return [...this.buckets.values()].flatMap((bucket) => [...bucket.uploads.values()]);
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
