import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { defaultAccount, startS3Sandbox, type S3Sandbox } from '../../sandbox/s3/server.ts';
import { Engine, type EngineRun } from '../engine/engine';

/** Fields that take bucket and key from the item, and store a text. */
export const TEXT = {
	bucket: '={{ $json.bucket }}',
	key: '={{ $json.key }}',
	source: 'text',
	text: 'text',
};

/**
 * The built node in n8n's engine, and a server with the buckets "good", "secret-b" (with an object
 * pw.txt) and, in another region, "abroad".
 */
export class NodeBench {
	/** how far the clock of the server is ahead, in ms */
	ahead = 0;
	readonly engine: Engine;
	sandbox!: S3Sandbox;

	private constructor(engine: Engine) {
		this.engine = engine;
	}

	static async open(): Promise<NodeBench> {
		const bench = new NodeBench(await Engine.open({ binary: 'filesystem' }));
		bench.sandbox = await startS3Sandbox({ now: () => Date.now() + bench.ahead });
		bench.connect();
		await bench.run('bucket', 'create', { bucket: '={{ $json.bucket }}' }, [
			{ json: { bucket: 'good' } },
			{ json: { bucket: 'secret-b' } },
		]);
		bench.connect({ region: 'eu-west-1' });
		await bench.run('bucket', 'create', { bucket: 'abroad' }, [{ json: {} }]);
		bench.connect();
		await bench.upload([{ bucket: 'secret-b', key: 'pw.txt' }]);
		return bench;
	}

	/** As before the first test. */
	reset(): void {
		this.ahead = 0;
		this.connect();
		this.sandbox.faults.clear();
		this.sandbox.buckets.get('good')?.objects.clear();
		this.sandbox.requests.length = 0;
	}

	/** The credential is a good one but for what is given. */
	connect(credential: IDataObject = {}): void {
		this.engine.credentials.resilientS3Api = {
			endpoint: this.sandbox.endpoint,
			region: 'us-east-1',
			...defaultAccount,
			...credential,
		};
	}

	async run(
		resource: string,
		operation: string,
		parameters: IDataObject,
		items: INodeExecutionData[],
		settings: object = {},
	): Promise<EngineRun> {
		const node = {
			type: 'n8n-nodes-resilient.s3',
			credentials: { resilientS3Api: { id: 'bench', name: 'S3' } },
			parameters: { resource, operation, ...parameters } as never,
			...settings,
		};
		return await this.engine.run(node, { items });
	}

	/** Stores a text for each item. */
	async upload(jsons: IDataObject[], settings: object = {}, parameters: IDataObject = {}) {
		const items = jsons.map((json) => ({ json }));
		return await this.run('object', 'upload', { ...TEXT, ...parameters }, items, settings);
	}

	stored(key: string, bucket = 'good'): string | undefined {
		return this.sandbox.read(bucket, key)?.toString();
	}
}

export const rowsOf = ({ outputs }: EngineRun, output = 0): INodeExecutionData[] =>
	outputs('E')[output] ?? [];

/** Everything that the node says to the user. */
export function wordsOf(ended: EngineRun): string {
	const error = ended.errorOf('E');
	const rows = [...rowsOf(ended), ...rowsOf(ended, 1)];
	return error
		? `${error.message} ${error.description}`
		: JSON.stringify(rows).replaceAll('\\"', '"');
}
