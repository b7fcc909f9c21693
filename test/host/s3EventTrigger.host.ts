import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { S3Client, PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { setting } from './setting.ts';
import { end, itemsOf } from './workflow.ts';

const SECRET = 'pLant3d-events-secret-31b7';
const ARN = 'arn:aws:sns:us-east-1:123456789012:events';

describe('the event trigger in a real n8n', () => {
	test('what the storage posts starts the workflow, once; strangers do not', async () => {
		const { rest, host, s3: server, credential } = setting();
		const id = await rest.createCredential('Events', 'resilientS3EventsApi', { secret: SECRET });
		const webhookId = randomUUID();
		const workflow = await rest.createWorkflow({
			name: 'events',
			nodes: [
				{
					id: 'Events',
					name: 'Events',
					type: 'n8n-nodes-resilient.s3EventTrigger',
					typeVersion: 1,
					position: [0, 0],
					webhookId,
					parameters: { authentication: 'secret', events: ['created', 'deleted'] },
					credentials: { resilientS3EventsApi: { id, name: 'Events' } },
				},
				end('End'),
			],
			connections: { Events: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
		});
		await rest.activate(workflow);
		const address = `${host.url}/webhook/${webhookId}/webhook`;
		const post = async (url: string, body: string, headers: Record<string, string> = {}) =>
			(await fetch(url, { method: 'POST', body, headers })).status;
		const json = { 'content-type': 'application/json' };
		// n8n answers before it listens.
		const ready = Date.now() + 20_000;
		while ((await post(address, '{}', json)) === 404 && Date.now() < ready) await wait(100);
		assert.equal(await post(address, '{"Records":[]}', json), 401);
		assert.equal(await post(`${address}?token=wrong-secret-wrong-secret`, '{}', json), 403);
		assert.equal(await post(`${address}?token=${SECRET}`, '{"hello":1}', json), 400);

		server.events.targets.set(ARN, { url: `${address}?token=${SECRET}`, shape: 'aws' });
		const [account] = server.accounts;
		assert.ok(account);
		const s3 = new S3Client({
			endpoint: server.endpoint,
			region: server.region,
			credentials: { ...account, sessionToken: String(credential.sessionToken) },
			forcePathStyle: true,
		});
		await s3.send(new CreateBucketCommand({ Bucket: 'eventful' }));
		await s3.send(
			new PutBucketNotificationConfigurationCommand({
				Bucket: 'eventful',
				NotificationConfiguration: {
					TopicConfigurations: [
						{ TopicArn: ARN, Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] },
					],
				},
			}),
		);
		const Key = 'in box/a+b & ü.txt';
		await s3.send(new PutObjectCommand({ Bucket: 'eventful', Key, Body: 'x' }));
		await s3.send(new DeleteObjectCommand({ Bucket: 'eventful', Key }));
		await server.events.settled();

		const seen = async () =>
			(await rest.executionsOf(workflow.id)).flatMap((execution) =>
				itemsOf(execution, 'End').map(({ json: row }) => `${String(row.event)} ${String(row.key)}`),
			);
		const giveUp = Date.now() + 20_000;
		while ((await seen()).length < 2 && Date.now() < giveUp) await wait(200);
		await wait(500);
		assert.deepEqual((await seen()).sort(), [`created ${Key}`, `deleted ${Key}`]);
		server.events.targets.delete(ARN);
	});
});
