import {
	CreateBucketCommand,
	DeleteObjectCommand,
	PutObjectCommand,
	S3Client,
} from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Execution, WorkflowNode } from '../../sandbox/host/rest.ts';
import { restartHost, setting } from './setting.ts';
import { end, itemsGivenOut } from './workflow.ts';

const COUNT = Number(process.env.TRIGGER_OBJECTS ?? 300);
// A few objects are through before anybody could look; of many, the runs are what takes time.
const MANY = COUNT > 1_000;
const keyOf = (n: number) => `object-${String(n).padStart(5, '0')}`;

describe('the polling trigger in a real n8n', () => {
	test(`${COUNT} objects written, overwritten and deleted, n8n stopped once and killed twice: one event each`, async (t) => {
		const began = Date.now();
		const { s3: server, credential } = setting();
		const { endpoint, region, accounts } = server;
		const [account] = accounts;
		assert.ok(account);
		const credentials = { ...account, sessionToken: String(credential.sessionToken) };
		const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
		const put = async (Key: string, Body: string) =>
			await s3.send(new PutObjectCommand({ Bucket: 'watched', Key, Body }));
		await s3.send(new CreateBucketCommand({ Bucket: 'watched' }));
		const workflow = await setting().rest.createWorkflow({
			name: 'watch',
			nodes: [trigger(), end('End')],
			connections: { Watch: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
		});
		await setting().rest.activate(workflow);
		// n8n answers before the triggers have started, and what is there by then is no event.
		const listed = () => server.requests.some(({ operation }) => operation === 'ListObjectsV2');
		while (!listed()) await wait(100);
		await wait(500);

		const ended = new Map<string, Execution>();
		const seen = async () => {
			const executions = await setting().rest.executionsOf(workflow.id, ended);
			return itemsGivenOut(executions, 'Watch').map(
				({ json }) => `${String(json.event)} ${String(json.key)}`,
			);
		};
		const until = async (count: number) => {
			let giveUp = Date.now() + 300_000;
			for (let last = 0; last < count && Date.now() < giveUp;) {
				const { size } = new Set(await seen());
				if (size > last) giveUp = Date.now() + 300_000;
				last = size;
				await wait(1_000);
			}
		};
		/** Until the workflow has heard of so many, or for a time in which it will have of some. */
		const underWay = async (count: number, ms: number) => await (MANY ? until(count) : wait(ms));
		const all = Array.from({ length: COUNT }, (_, n) => keyOf(n));
		const half = all.slice(0, COUNT / 2);
		const quarter = all.slice(0, COUNT / 4);

		const writing = (async () => {
			for (const key of all) await put(key, `first ${key}`);
		})();
		await underWay(COUNT / 4, 1_500);
		await restartHost('kill');
		await writing;
		await until(COUNT);
		const overwriting = (async () => {
			for (const key of half) await put(key, `second ${key}`);
		})();
		await underWay(COUNT * 1.25, 1_200);
		await restartHost('stop');
		await overwriting;
		await until(COUNT * 1.5);
		for (const key of quarter)
			await s3.send(new DeleteObjectCommand({ Bucket: 'watched', Key: key }));
		await underWay(COUNT * 1.6, 1_100);
		await restartHost('kill');
		await until(COUNT * 1.75);
		await wait(3_000);

		const events = await seen();
		const answer = await setting().rest.get(`/rest/workflows/${workflow.id}`);
		const { data }: { data: { staticData?: object } } = JSON.parse(await answer.text());
		t.diagnostic(
			`${events.length} events in ${ended.size} runs, ${Math.round((Date.now() - began) / 1_000)} s; static data ${JSON.stringify(data.staticData ?? null).length} bytes`,
		);
		assert.deepEqual(
			events.sort(),
			[
				...half.map((key) => `changed ${key}`),
				...all.map((key) => `created ${key}`),
				...quarter.map((key) => `deleted ${key}`),
			].sort(),
		);
	});

	function trigger(): WorkflowNode {
		const id = setting().credentialId;
		return {
			id: 'Watch',
			name: 'Watch',
			type: 'n8n-nodes-resilient.s3Trigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {
				bucket: 'watched',
				events: ['created', 'changed', 'deleted'],
				pollSeconds: 1,
				options: { batchSize: MANY ? 100 : 25 },
			},
			credentials: { resilientS3Api: { id, name: 'S3' } },
		};
	}
});
