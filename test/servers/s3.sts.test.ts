import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createBucket, listBuckets } from '../../nodes/S3/transport/buckets';
import { putObject } from '../../nodes/S3/transport/objects';
import type { S3Credential } from '../../nodes/S3/transport/connect';
import { clientOf, failureOf } from '../S3/clientOf';
import { openList } from '../engine/editor';
import { Engine } from '../engine/engine';
import { needs } from '../needs';
import { run } from '../sandbox/s3/program.ts';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

const MINUTE = 60_000;
const ROLE = 'arn:aws:iam:::role/storage';

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
	'aws',
)('roles of Ceph', () => {
	let gateway: Radosgw;
	let home: string;

	beforeAll(async () => {
		home = mkdtempSync(path.join(os.tmpdir(), 'aws-'));
		gateway = await startRadosgw({ sts: true });
		const trust = {
			Effect: 'Allow',
			Principal: { AWS: ['arn:aws:iam:::user/test'] },
			Action: ['sts:AssumeRole'],
		};
		const grant = { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::*' };
		await aws(
			'iam',
			'create-role',
			'--role-name',
			'storage',
			...policy('assume-role-policy', trust),
		);
		await aws(
			'iam',
			'put-role-policy',
			'--role-name',
			'storage',
			'--policy-name',
			'all',
			...policy('policy', grant),
		);
		const owner = clientOf(gateway, gateway);
		await createBucket(owner, 'shelf', { ifExists: 'fail' });
		await createBucket(owner, 'locked', { ifExists: 'fail' });
	}, 120_000);
	afterAll(async () => {
		await gateway?.stop();
		rmSync(home, { recursive: true, force: true });
	});

	const policy = (option: string, statement: object) => [
		`--${option}-document`,
		JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
	];

	async function aws(...args: string[]): Promise<void> {
		const { code, output } = await run('aws', ['--endpoint-url', gateway.endpoint, ...args], {
			HOME: home,
			AWS_ACCESS_KEY_ID: gateway.accessKeyId,
			AWS_SECRET_ACCESS_KEY: gateway.secretAccessKey,
			AWS_DEFAULT_REGION: 'us-east-1',
			AWS_EC2_METADATA_DISABLED: 'true',
		});
		expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
	}

	const credential = (more: S3Credential = {}): S3Credential => ({
		provider: 'ceph',
		accessKeyId: gateway.accessKeyId,
		secretAccessKey: gateway.secretAccessKey,
		authentication: 'assumeRole',
		roleArn: ROLE,
		...more,
	});

	test('a role is assumed at the server itself, and may do what it may', async () => {
		const s3 = clientOf(gateway, credential());
		await putObject(s3, 'shelf', 'by the role', Buffer.from('x'), {});
		expect((await listBuckets(s3)).buckets.map(({ name }) => name)).toEqual(['locked', 'shelf']);
		const keys = await s3.identity();
		expect(keys?.role).toMatch(/assumed-role\/storage\/n8n/);
		expect(keys?.accessKeyId).not.toBe(gateway.accessKeyId);
		const left = (keys?.expiresAt ?? 0) - Date.now();
		expect(left).toBeGreaterThan(55 * MINUTE);
		expect(left).toBeLessThan(61 * MINUTE);
	});

	test('the session lasts as long as asked for', async () => {
		const s3 = clientOf(gateway, credential({ roleDuration: 900 }));
		const left = ((await s3.identity())?.expiresAt ?? 0) - Date.now();
		expect(left).toBeGreaterThan(14 * MINUTE);
		expect(left).toBeLessThan(16 * MINUTE);
	});

	test('a session policy cuts down what the role may do', async () => {
		const allowed = { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::shelf/*' };
		const sessionPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [allowed] }, null, 2);
		const s3 = clientOf(gateway, credential({ sessionPolicy }));
		await putObject(s3, 'shelf', 'within', Buffer.from('x'), {});
		const refused = putObject(s3, 'locked', 'beyond', Buffer.from('x'), {});
		expect(await failureOf(refused)).toMatchObject({ code: 'AccessDenied', kind: 'auth' });
	});

	test.each<[string, S3Credential, RegExp]>([
		['a role that is not there', { roleArn: 'arn:aws:iam:::role/nobody' }, /AssumeRole at 127/],
		['a wrong secret', { secretAccessKey: 'wrong/secret+of=the-user' }, /AssumeRole at 127/],
		['a broken policy', { sessionPolicy: '{"Statement": "?"}' }, /AssumeRole at 127/],
	])('%s: said, and nothing was sent', async (_what, more, words) => {
		const failure = await failureOf(listBuckets(clientOf(gateway, credential(more))));
		expect(failure).toMatchObject({ kind: 'auth', scope: 'credential', phase: 'notSent' });
		expect(failure.message).toMatch(words);
	});

	test('the lists of the editor show what is there, by pages', async () => {
		const s3 = clientOf(gateway, credential());
		const keys = Array.from({ length: 130 }, (_, n) => `day-${String(n).padStart(3, '0')}/file`);
		for (const key of keys) await putObject(s3, 'locked', key, Buffer.from('x'), {});
		const engine = await Engine.open();
		engine.credentials.resilientS3Api = { ...credential(), endpoint: gateway.endpoint };
		const parameters = { bucket: 'locked' };
		const buckets = await openList(engine, { method: 'searchBuckets', filter: 'LOCK' });
		expect(buckets).toEqual({ values: ['locked'] });
		const objects = await openList(engine, { method: 'searchObjects', parameters });
		const more = await objects.more?.();
		expect([...objects.values, ...(more?.values ?? [])]).toEqual(keys);
		const folders = await openList(engine, { method: 'searchPrefixes', parameters });
		const after = await folders.more?.();
		expect([...folders.values, ...(after?.values ?? [])]).toEqual(
			keys.map((key) => key.replace('file', '')),
		);
	}, 60_000);
});
