import { S3 } from '@aws-sdk/client-s3';
import { truncate } from 'node:fs/promises';
import type { INodeExecutionData } from 'n8n-workflow';
import type { S3Sandbox } from '../../../sandbox/s3/server.ts';
import { defaultAccount, startS3Sandbox } from '../../../sandbox/s3/server.ts';
import type { Engine } from '../../engine/engine';
import type { Radosgw } from '../radosgw/start';
import { startRadosgw } from '../radosgw/start';
import type { Server, Subject } from './subjects';

/** Where scenarios are played, with an independent client to prepare and to look. */
export interface World {
	/** Ceph */
	real: S3;
	ceph: Server;
	/** our strict server, which can be told to fail */
	sandbox: S3Sandbox;
	faulty: Server;
	faultySdk: S3;
	sdk(server: Server): S3;
	/** A bucket of its own; with a dot, because n8n's AWS node can reach only these on other servers. */
	bucket(sdk: S3): Promise<string>;
	file(bytes: Buffer, name: string): Promise<INodeExecutionData>;
	/** A file of zeroes that takes no place on the disk. */
	largeFile(bytes: number): Promise<INodeExecutionData>;
	/** Cuts the time-out that n8n gives every request of its nodes; the function returned restores it. */
	hurry(timeoutMs: number): () => void;
	close(): Promise<void>;
}

/**
 * One thing that a node can get wrong. `play` prepares, acts with the node, looks at the server,
 * and says in a few words what was wrong, or nothing.
 */
export interface Scenario {
	title: string;
	play(subject: Subject, world: World): Promise<string | undefined>;
}

export async function openWorld(
	engine: Engine,
	hurry: World['hurry'] = () => () => {},
): Promise<World> {
	const gateway: Radosgw = await startRadosgw();
	const sandbox = await startS3Sandbox();
	const { endpoint, accessKeyId, secretAccessKey } = gateway;
	const ceph = { endpoint, accessKeyId, secretAccessKey };
	const faulty = { endpoint: sandbox.endpoint, ...defaultAccount };
	const sdk = ({ endpoint: at, region = 'us-east-1', ...credentials }: Server) =>
		new S3({ endpoint: at, region, forcePathStyle: true, credentials });
	const real = sdk(ceph);
	const faultySdk = sdk(faulty);
	let buckets = 0;
	return {
		real,
		ceph,
		sandbox,
		faulty,
		faultySdk,
		sdk,
		hurry,
		bucket: async (client) => {
			const name = `defects.${buckets++}`;
			await client.createBucket({ Bucket: name });
			return name;
		},
		file: async (bytes, name) => ({
			json: {},
			binary: { data: await engine.storeFile(bytes, name, 'application/octet-stream') },
		}),
		largeFile: async (bytes) => {
			const data = await engine.storeFile(Buffer.from('0'), 'large', 'application/octet-stream');
			await truncate(engine.files.getPath(data.id ?? ''), bytes);
			return { json: {}, binary: { data: { ...data, bytes } } };
		},
		close: async () => {
			real.destroy();
			faultySdk.destroy();
			await sandbox.close();
			await gateway.stop();
		},
	};
}

/** What the bucket holds: key -> bytes. */
export async function contentOf(sdk: S3, bucket: string): Promise<Record<string, string>> {
	const keys = await keysOf(sdk, bucket);
	const entries = await Promise.all(
		keys.map(async (key) => {
			const { Body } = await sdk.getObject({ Bucket: bucket, Key: key });
			return [key, (await Body?.transformToString()) ?? ''] as const;
		}),
	);
	return Object.fromEntries(entries);
}

export async function keysOf(sdk: S3, bucket: string): Promise<string[]> {
	const keys: string[] = [];
	let token: string | undefined;
	do {
		const page = await sdk.listObjectsV2({
			Bucket: bucket,
			EncodingType: 'url',
			ContinuationToken: token,
		});
		keys.push(
			...(page.Contents ?? []).map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' '))),
		);
		token = page.NextContinuationToken;
	} while (token);
	return keys;
}

export async function fill(sdk: S3, bucket: string, keys: string[], text = 'x'): Promise<void> {
	const left = [...keys];
	const worker = async () => {
		for (let key = left.pop(); key !== undefined; key = left.pop())
			await sdk.putObject({ Bucket: bucket, Key: key, Body: text });
	};
	await Promise.all(Array.from({ length: 20 }, worker));
}
