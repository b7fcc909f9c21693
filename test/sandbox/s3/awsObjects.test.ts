import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { needs } from '../../needs';
import { awsCli, reported } from './aws.ts';
import { codeOf, sdkClient } from './sdk.ts';
import { succeeded, Toolbench } from './toolbench.ts';

jest.setTimeout(180_000);

let bench: Toolbench;

beforeAll(async () => {
	bench = await Toolbench.open({ restoreMs: 60_000, now: () => Date.now() + clock });
});

afterEach(() => bench.expectClean());
afterAll(() => bench.close());

/** What the server's clock is ahead. */
let clock = 0;

needs('aws')('aws-cli on objects', () => {
	const call = (operation: string, bucket: string, ...args: string[]) =>
		awsCli(bench)(['s3api', operation, '--bucket', bucket, ...args]);
	const done = async (...args: Parameters<typeof call>) => {
		const text = succeeded(await call(...args));
		return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
	};
	const fails = async (...args: Parameters<typeof call>) => reported(await call(...args));
	const file = (name: string, content: string | Buffer) => {
		const where = path.join(bench.folder, name);
		writeFileSync(where, content);
		return where;
	};
	const md5 = (data: string | Buffer) => createHash('md5').update(data).digest('base64');

	test('a retention keeps a version, governance gives way, compliance does not', async () => {
		await done('create-bucket', 'locked', '--object-lock-enabled-for-bucket');
		expect(await done('get-object-lock-configuration', 'locked')).toEqual({
			ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
		});
		const rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } };
		const configuration = JSON.stringify({ ObjectLockEnabled: 'Enabled', Rule: rule });
		await done(
			'put-object-lock-configuration',
			'locked',
			'--object-lock-configuration',
			configuration,
		);
		const body = file('body', 'kept');
		const put = ['--key', 'k', '--body', body];
		// Amazon wants the upload of what is going to be locked to be protected.
		const plain = sdkClient(bench.sandbox, { requestChecksumCalculation: 'WHEN_REQUIRED' });
		const bare = new PutObjectCommand({ Bucket: 'locked', Key: 'k', Body: 'kept' });
		expect(await codeOf(plain.send(bare))).toBe('InvalidRequest');
		plain.destroy();
		const { VersionId } = await done('put-object', 'locked', ...put, '--content-md5', md5('kept'));
		const version = ['--key', 'k', '--version-id', String(VersionId)];
		const { ObjectLockMode } = await done('head-object', 'locked', ...version);
		expect(ObjectLockMode).toBe('GOVERNANCE');
		expect(await fails('delete-object', 'locked', ...version)).toBe('AccessDenied');
		const until = new Date(Date.now() + 86_400_000 * 3).toISOString();
		const retention = `Mode=COMPLIANCE,RetainUntilDate=${until}`;
		const bypass = '--bypass-governance-retention';
		const change = ['put-object-retention', 'locked', ...version, '--retention'] as const;
		expect(await fails(...change, retention)).toBe('AccessDenied');
		await done(...change, retention, bypass);
		expect(await fails('delete-object', 'locked', ...version, bypass)).toBe('AccessDenied');
		const shorter = `Mode=COMPLIANCE,RetainUntilDate=${new Date(Date.now() + 60_000).toISOString()}`;
		expect(await fails(...change, shorter, bypass)).toBe('AccessDenied');
		// The delete without a version only hides it.
		expect(await done('delete-object', 'locked', '--key', 'k')).toMatchObject({
			DeleteMarker: true,
		});
		expect(bench.sandbox.effects.get('locked/k')).toEqual({ writes: 1, deletes: 1 });
	});

	test('a legal hold keeps a version until it is lifted', async () => {
		const body = file('body', 'held');
		const hold = ['--object-lock-legal-hold-status', 'ON', '--content-md5', md5('held')];
		const { VersionId } = await done('put-object', 'locked', '--key', 'h', '--body', body, ...hold);
		const version = ['--key', 'h', '--version-id', String(VersionId)];
		expect(await done('get-object-legal-hold', 'locked', ...version)).toEqual({
			LegalHold: { Status: 'ON' },
		});
		const bypass = '--bypass-governance-retention';
		expect(await fails('delete-object', 'locked', ...version, bypass)).toBe('AccessDenied');
		await done('put-object-legal-hold', 'locked', ...version, '--legal-hold', 'Status=OFF');
		await done('delete-object', 'locked', ...version, bypass);
		expect(await fails('head-object', 'locked', ...version)).toBe('404');
	});

	test("a key of the client's own is needed for every look at the object", async () => {
		await done('create-bucket', 'secret');
		const key = (name: string, bytes: Buffer) => [
			'--sse-customer-algorithm',
			'AES256',
			'--sse-customer-key',
			`fileb://${file(name, bytes)}`,
		];
		const right = key('right', randomBytes(32));
		const wrong = key('wrong', randomBytes(32));
		const body = file('body', 'secret');
		const put = await done('put-object', 'secret', '--key', 'c', '--body', body, ...right);
		expect(put.ETag).not.toBe(`"${Buffer.from(md5('secret'), 'base64').toString('hex')}"`);
		const target = path.join(bench.folder, 'read');
		const get = ['get-object', 'secret', '--key', 'c', target] as const;
		await done(...get, ...right);
		expect(readFileSync(target, 'utf8')).toBe('secret');
		expect(await fails(...get)).toBe('InvalidRequest');
		expect(await fails(...get, ...wrong)).toBe('AccessDenied');
		expect(await fails('head-object', 'secret', '--key', 'c')).toBe('400');
		await done('put-object', 'secret', '--key', 'plain', '--body', body);
		const open = ['get-object', 'secret', '--key', 'plain', target] as const;
		expect(await fails(...open, ...right)).toBe('InvalidRequest');
		const copy = ['copy-object', 'secret', '--key', 'copy', '--copy-source', 'secret/c'] as const;
		const source = right.map((one) => one.replace('--sse-', '--copy-source-sse-'));
		expect(await fails(...copy)).toBe('InvalidRequest');
		await done(...copy, ...source);
		await done('get-object', 'secret', '--key', 'copy', target);
		expect(readFileSync(target, 'utf8')).toBe('secret');
	});

	test('encryption by the server shows, by wish or by the default of the bucket', async () => {
		const body = file('body', 'x');
		const kms = ['--server-side-encryption', 'aws:kms', '--ssekms-key-id', 'my-key'];
		const put = ['put-object', 'secret', '--key', 'kms', '--body', body] as const;
		expect(await done(...put, ...kms)).toMatchObject({
			ServerSideEncryption: 'aws:kms',
			SSEKMSKeyId: 'my-key',
		});
		const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
		const configuration = JSON.stringify({ Rules: [rule] });
		const set = ['--server-side-encryption-configuration', configuration];
		await done('put-bucket-encryption', 'secret', ...set);
		expect(await done(...put)).toMatchObject({ ServerSideEncryption: 'AES256' });
		expect(await done('get-bucket-encryption', 'secret')).toEqual({
			ServerSideEncryptionConfiguration: { Rules: [rule] },
		});
	});

	test('what is archived cannot be read until it is restored, and not forever', async () => {
		await done('create-bucket', 'cold');
		const body = file('body', 'frozen');
		const glacier = ['--storage-class', 'GLACIER'];
		await done('put-object', 'cold', '--key', 'k', '--body', body, ...glacier);
		const get = ['get-object', 'cold', '--key', 'k', path.join(bench.folder, 'thawed')] as const;
		const restored = async () => (await done('head-object', 'cold', '--key', 'k')).Restore;
		expect(await fails(...get)).toBe('InvalidObjectState');
		const restore = [
			'restore-object',
			'cold',
			'--key',
			'k',
			'--restore-request',
			'Days=2',
		] as const;
		await done(...restore);
		expect(await restored()).toBe('ongoing-request="true"');
		expect(await fails(...restore)).toBe('RestoreAlreadyInProgress');
		expect(await fails(...get)).toBe('InvalidObjectState');
		clock = 60_000;
		expect(await restored()).toMatch(/^ongoing-request="false", expiry-date="\w+, \d+ .* GMT"$/);
		await done(...get);
		expect(readFileSync(path.join(bench.folder, 'thawed'), 'utf8')).toBe('frozen');
		clock = 0;
	});
});
