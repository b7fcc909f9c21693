import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import type { Upload } from '../../../nodes/S3/transport/upload';
import { upload } from '../../../nodes/S3/transport/upload';
import {
	startS3Sandbox,
	type RecordedRequest,
	type S3Sandbox,
	type S3SandboxOptions,
} from '../../../sandbox/s3/server.ts';
import { clientOf } from '../clientOf';

export const MIB = 1024 * 1024;
export const PART = 5 * MIB;
/** Three parts, the last one short. */
export const BYTES = randomBytes(2 * PART + 1000);

/** The bytes as a file or a socket gives them: in chunks that have nothing to do with parts. */
export function streamOf(bytes: Buffer, chunk = 65_536): Readable {
	const count = Math.ceil(bytes.length / chunk);
	return Readable.from(
		Array.from({ length: count }, (_, n) => bytes.subarray(n * chunk, (n + 1) * chunk)),
	);
}

/** Matches the requests that send one part. */
export const isPart =
	(number: number) =>
	({ operation, query }: RecordedRequest): boolean =>
		operation === 'UploadPart' && query.partNumber === String(number);

/** A server to upload to, and what has become of it. */
export class UploadBench {
	readonly sandbox: S3Sandbox;
	readonly s3: S3Client;

	private constructor(sandbox: S3Sandbox) {
		this.sandbox = sandbox;
		this.s3 = clientOf(sandbox);
	}

	static async open(options: S3SandboxOptions = {}): Promise<UploadBench> {
		const bench = new UploadBench(await startS3Sandbox(options));
		await createBucket(bench.s3, 'main', { ifExists: 'fail' });
		bench.sandbox.requests.length = 0;
		return bench;
	}

	async send(options: Partial<Upload> & Pick<Upload, 'source'>, client = this.s3) {
		return await upload(client, {
			bucket: 'main',
			key: 'k',
			headers: {},
			partBytes: PART,
			parallel: 4,
			...options,
		});
	}

	/** Sends BYTES. */
	async sendBytes(options: Partial<Upload> = {}, client = this.s3) {
		return await this.send({ source: streamOf(BYTES), size: BYTES.length, ...options }, client);
	}

	operations(): Array<string | undefined> {
		return this.sandbox.requests.map(({ operation }) => operation);
	}

	count(operation: string): number {
		return this.operations().filter((name) => name === operation).length;
	}

	/** Whether BYTES are there. */
	isStored(): boolean {
		return this.sandbox.read('main', 'k')?.equals(BYTES) ?? false;
	}

	writes(key = 'k'): number {
		return this.sandbox.effects.get(`main/${key}`)?.writes ?? 0;
	}
}
