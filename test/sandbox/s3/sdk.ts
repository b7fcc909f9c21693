import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { Client as MinioClient } from 'minio';
import type { S3Sandbox } from '../../../sandbox/s3/server.ts';

/** The keys of the sandbox's first account. */
export function keysOf({ accounts }: S3Sandbox): { accessKeyId: string; secretAccessKey: string } {
	const [account] = accounts;
	if (!account) throw new Error('the sandbox has no account');
	return account;
}

const nothing = () => {};
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Amazon's own client, path style, one attempt per call. */
export function sdkClient(sandbox: S3Sandbox, config: S3ClientConfig = {}): S3Client {
	return new S3Client({
		endpoint: sandbox.endpoint,
		region: sandbox.region,
		credentials: keysOf(sandbox),
		forcePathStyle: true,
		maxAttempts: 1,
		logger: silent,
		...config,
	});
}

/** MinIO's client for the same server, without retries. */
export function minioClient(sandbox: S3Sandbox): MinioClient {
	const { accessKeyId, secretAccessKey } = keysOf(sandbox);
	return new MinioClient({
		endPoint: '127.0.0.1',
		port: sandbox.port,
		useSSL: false,
		accessKey: accessKeyId,
		secretKey: secretAccessKey,
		region: sandbox.region,
		retryOptions: { disableRetry: true },
	});
}

/** What a client says about a failed call: the SDK in `name`, MinIO's client in `code`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
	try {
		await call;
	} catch (error) {
		if (!(error instanceof Error)) return String(error);
		if ('Code' in error && typeof error.Code === 'string') return error.Code;
		return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
	}
	return 'no error';
}

/**
 * Lets a client sign an honest request and then damages it: `late` is between the signature and the
 * wire, `early` is before the signature.
 */
export function tamper(
	client: S3Client,
	when: 'early' | 'late',
	change: (request: TamperedRequest) => void,
): S3Client {
	const damage = (request: unknown) => change(request as TamperedRequest);
	if (when === 'late') {
		client.middlewareStack.add(
			(next) => (args) => {
				damage(args.request);
				return next(args);
			},
			{ step: 'finalizeRequest', priority: 'low' },
		);
	} else {
		client.middlewareStack.add(
			(next) => (args) => {
				damage(args.request);
				return next(args);
			},
			{ step: 'build', priority: 'low' },
		);
	}
	return client;
}

/** The part of the SDK's HTTP request that tests change. */
export interface TamperedRequest {
	method: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body?: unknown;
}
