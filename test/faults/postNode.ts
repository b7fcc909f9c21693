import path from 'node:path';
import type { INodeType } from 'n8n-workflow';
import type * as Operations from '../../nodes/shared/node/defineOperation';
import type * as Properties from '../../nodes/shared/node/properties';
import type * as Fields from '../../nodes/shared/node/resilienceFields';
import type * as Runs from '../../nodes/shared/node/runOperations';
import type * as Policies from '../../nodes/shared/resilience';
import type { FailureKind } from '../../nodes/shared/resilience/failure';
import type * as Failures from '../../nodes/shared/resilience/failure';
import type * as Http from '../../nodes/shared/transport/http';
import { root } from '../engine/engine';
import { valueOf } from './oracleClient';

/** From the built package, as the host loads it. */
const built = async <T>(file: string): Promise<T> =>
	(await import(path.join(root, 'dist', 'nodes', 'shared', `${file}.js`))) as T;

const KINDS: Record<number, FailureKind> = { 429: 'throttled' };

interface Poster {
	post(key: string, repeatable: boolean): Promise<void>;
}

/**
 * A node as the house of a small system would be: one operation that POSTs an effect to the oracle,
 * which no system can take back and no key protects. `repeatable` is what the node claims.
 */
export async function postNode(origin: string, repeatable = false): Promise<INodeType> {
	const { defineOperation } = await built<typeof Operations>('node/defineOperation');
	const { runOperations } = await built<typeof Runs>('node/runOperations');
	const { propertiesOf } = await built<typeof Properties>('node/properties');
	const { outputsWithFailed } = await built<typeof Fields>('node/resilienceFields');
	const { resilient } = await built<typeof Policies>('resilience/index');
	const { Failure } = await built<typeof Failures>('resilience/failure');
	const { httpClient } = await built<typeof Http>('transport/http');

	const post = defineOperation({
		name: 'Post',
		value: 'post',
		action: 'Post an effect',
		description: 'Not repeatable, no key',
		repeatable,
		properties: [{ displayName: 'Key', name: 'key', type: 'string', required: true, default: '' }],
		async execute(client: Poster, { key }) {
			await client.post(key, repeatable);
			return { key };
		},
	});
	const resources = [{ name: 'Effect', value: 'effect', operations: [post] }];

	const connect = async (run: Runs.Run): Promise<Runs.Connected<Poster>> => {
		const http = httpClient({ owner: origin });
		const send = resilient({ ...run, limits: { concurrency: 0, perSecond: 0 } });
		const about = { system: 'oracle', operation: 'post', scope: origin, signal: run.signal };
		const client: Poster = {
			post: async (key, again) =>
				await send({ ...about, repeatable: again }, async (signal) => {
					const { status } = await http.buffer({
						method: 'POST',
						origin,
						path: `/effects/${key}`,
						headers: {},
						body: valueOf(key),
						signal,
					});
					if (status === 201) return;
					throw new Failure({
						kind: KINDS[status] ?? (status >= 500 ? 'unavailable' : 'invalid'),
						phase: status === 500 ? 'maybeDone' : 'rejected',
						code: `HTTP ${status}`,
						message: `The server answered ${status}`,
						status,
					});
				}),
		};
		return { client, secrets: [] };
	};

	return {
		description: {
			displayName: 'Post',
			name: 'post',
			group: ['output'],
			version: 1,
			description: '',
			defaults: { name: 'Post' },
			inputs: ['main'],
			outputs: outputsWithFailed,
			properties: propertiesOf(resources),
		},
		async execute() {
			return await runOperations(this, resources, connect);
		},
	};
}
