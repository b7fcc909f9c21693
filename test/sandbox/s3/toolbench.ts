import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
	startS3Sandbox,
	type S3Sandbox,
	type S3SandboxOptions,
} from '../../../sandbox/s3/server.ts';
import type { Outcome } from './program.ts';
import { sdkClient } from './sdk.ts';

/** A server, a client to prepare it with, and a folder; of one test file. */
export class Toolbench {
	readonly folder = mkdtempSync(path.join(tmpdir(), 's3-tools-'));
	readonly sandbox: S3Sandbox;
	readonly sdk: S3Client;

	private constructor(sandbox: S3Sandbox) {
		this.sandbox = sandbox;
		this.sdk = sdkClient(sandbox);
	}

	static async open(options: S3SandboxOptions = {}): Promise<Toolbench> {
		return new Toolbench(await startS3Sandbox(options));
	}

	/** Objects whose body is their key. */
	async fill(bucket: string, keys: string[]): Promise<void> {
		await Promise.all(
			keys.map((Key) => this.sdk.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }))),
		);
	}

	/** A file that every tool sends in parts. */
	bigFile(name: string): { file: string; data: Buffer } {
		const file = path.join(this.folder, name);
		const data = randomBytes(17 * 1024 ** 2);
		writeFileSync(file, data);
		return { file, data };
	}

	/** The operations since the last `forget`. */
	operations(): string[] {
		return [...new Set(this.sandbox.requests.map(({ operation }) => operation ?? 'unknown'))];
	}

	forget(): void {
		this.sandbox.requests.length = 0;
	}

	/** What holds after every test, whatever the tool did. */
	expectClean(): void {
		expect(this.sandbox.requests.filter(({ code }) => code === 'InternalError')).toEqual([]);
		expect(this.sandbox.openUploads()).toEqual([]);
	}

	async close(): Promise<void> {
		this.sdk.destroy();
		await this.sandbox.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Keys for a listing of several pages, in order. */
export function numbered(count: number): string[] {
	return Array.from({ length: count }, (_, at) => `many/${String(at).padStart(5, '0')}`);
}

/** The standard output of a program that must have ended well. */
export function succeeded({ code, stdout, output }: Outcome): string {
	expect({ code, output }).toMatchObject({ code: 0 });
	return stdout;
}
