import type { INode } from 'n8n-workflow';
import type { FaultProxy, FaultProxyOptions } from '../../sandbox/faults/proxy.ts';
import { startFaultProxy } from '../../sandbox/faults/proxy.ts';
import type { S3Sandbox } from '../../sandbox/s3/server.ts';
import { startS3Sandbox } from '../../sandbox/s3/server.ts';

export const BUCKET = 'bucket';

export const account = {
	accessKeyId: 'AKIAFAULTSFAULTS0000',
	secretAccessKey: 'planted/secret+of=the/account-5d1e8b27a9',
};

export interface FaultyStorage {
	sandbox: S3Sandbox;
	proxy: FaultProxy;
	/** fields of the credential for it */
	credential: Record<string, string | number>;
	/** how often each key was written, by key */
	writes(): Map<string, number>;
	close(): Promise<void>;
}

/** S3 storage with one bucket, behind a fault proxy. */
export async function startFaultyStorage(
	options: Partial<FaultProxyOptions> = {},
	who: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = account,
): Promise<FaultyStorage> {
	const sandbox = await startS3Sandbox({ accounts: [who] });
	const proxy = await startFaultProxy({ upstream: sandbox.endpoint, ...options });
	sandbox.requests.length = 0;
	return {
		sandbox,
		proxy,
		credential: { endpoint: proxy.origin, region: 'us-east-1', ...who },
		writes: () =>
			new Map(
				[...sandbox.effects].map(([name, { writes }]) => [name.slice(BUCKET.length + 1), writes]),
			),
		close: async () => {
			await proxy.close();
			await sandbox.close();
		},
	};
}

/** The node, using the credential of this id. Every id has limits and a circuit breaker of its own. */
export const s3Node = (
	credentialId: string,
	parameters: Record<string, unknown>,
	more: Partial<INode> = {},
): Partial<INode> => ({
	type: 'n8n-nodes-resilient.s3',
	parameters: parameters as INode['parameters'],
	credentials: { resilientS3Api: { id: credentialId, name: 'Storage' } },
	...more,
});

/** Parameters that store the text of each item under its key. */
export const uploadText = (
	resilience: Record<string, unknown> = {},
	bucket: string = BUCKET,
): Record<string, unknown> => ({
	resource: 'object',
	operation: 'upload',
	bucket,
	key: '={{ $json.key }}',
	source: 'text',
	text: '={{ $json.text }}',
	resilience,
});

export const createBucket = { resource: 'bucket', operation: 'create', bucket: BUCKET };

/** Items `prefix-0`, `prefix-1` ... with a text each. */
export const textItems = (prefix: string, count: number) =>
	Array.from({ length: count }, (_, number) => ({
		json: { key: `${prefix}-${number}`, text: `text of ${prefix}-${number}` },
	}));
