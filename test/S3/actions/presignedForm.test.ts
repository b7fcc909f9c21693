import { presignedUrl } from '../../../nodes/S3/actions/presignedUrl/presignedUrl.resource';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import type { PresignedForm } from '../../../nodes/S3/transport/presignedForm';
import { oddKeys } from '../../sandbox/s3/oddKeys.ts';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf } from '../clientOf';

let sandbox: S3Sandbox;
let s3: S3Client;

beforeAll(async () => {
	sandbox = await startS3Sandbox();
	s3 = clientOf(sandbox);
	await createBucket(s3, 'forms', { ifExists: 'fail' });
});
afterAll(async () => await sandbox.close());

async function formOf(input: object): Promise<PresignedForm> {
	const { execute } = presignedUrl.operations.find((one) => one.value === 'createUploadForm') ?? {};
	const never = () => Promise.reject(new Error('It has no files'));
	const all = { bucket: 'forms', keyIs: 'exact', expiresIn: 60, options: {}, ...input };
	return (await execute?.(s3, all, { open: never, save: never })) as PresignedForm;
}

/** As a browser sends it. */
async function post({ url, fields }: PresignedForm, file: string, more = {}): Promise<number> {
	const form = new FormData();
	for (const [name, value] of Object.entries({ ...fields, ...more })) form.append(name, `${value}`);
	form.append('file', new File([file], 'photo.png'));
	return (await fetch(url, { method: 'POST', body: form, redirect: 'manual' })).status;
}

// Browsers send line breaks in fields as CRLF, whatever they were.
test.each(oddKeys.filter((key) => !/[\r\n]/.test(key)))('%j goes up by a form', async (key) => {
	expect(await post(await formOf({ key }), `of ${key}`)).toBe(204);
	expect(sandbox.read('forms', key)?.toString()).toBe(`of ${key}`);
});

test('limits hold', async () => {
	const options = { minBytes: 2, maxBytes: 4, contentTypePrefix: 'image/', successStatus: '201' };
	const form = await formOf({ key: 'in/', keyIs: 'prefix', options });
	const image = { 'Content-Type': 'image/png' };
	expect(await post(form, '123', image)).toBe(201);
	expect(sandbox.read('forms', 'in/photo.png')?.toString()).toBe('123');
	expect(await post(form, '1', image)).toBe(400);
	expect(await post(form, '12345', image)).toBe(400);
	expect(await post(form, '123', { 'Content-Type': 'text/html' })).toBe(403);
	expect(await post(form, '123', { ...image, key: 'elsewhere' })).toBe(403);
	expect(await post(form, '123', { ...image, acl: 'public-read' })).toBe(403);
});
