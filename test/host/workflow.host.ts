import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Item } from '../../sandbox/host/rest.ts';
import { secrets, setting } from './setting.ts';
import { end, itemsOf, runWorkflow, s3Node } from './workflow.ts';

/** PUT requests by object key that arrived since `requests` was emptied. */
function putsByKey(): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { method, key } of setting().s3.requests) {
		if (method === 'PUT' && key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
	}
	return counts;
}

async function bytesOf(item: Item | undefined): Promise<Buffer> {
	const { id, fileName, mimeType } = item?.binary?.data ?? {};
	const query = new URLSearchParams({
		id: String(id),
		action: 'download',
		fileName: String(fileName),
		mimeType: String(mimeType),
	});
	const answer = await setting().rest.get(`/rest/binary-data?${query.toString()}`);
	assert.equal(answer.status, 200);
	return Buffer.from(await answer.arrayBuffer());
}

const upload = {
	resource: 'object',
	operation: 'upload',
	bucket: 'tests',
	key: '={{ $json.key }}',
	source: 'text',
	text: '={{ $json.text }}',
};

const five = (folder: string) =>
	[1, 2, 3, 4, 5].map((n) => ({ key: `${folder}/${n}.txt`, text: `text ${n} of ${folder}` }));

/** Item 3 of 5 is refused by the server whenever it is sent. */
function refuseThird(folder: string): void {
	const { s3 } = setting();
	s3.faults.clear();
	s3.faults.add({
		kind: 'status',
		status: 403,
		code: 'AccessDenied',
		match: ({ method, key }) => method === 'PUT' && key === `${folder}/3.txt`,
	});
	s3.requests.length = 0;
}

describe('workflows in a real n8n', () => {
	before(async () => {
		const made = await runWorkflow(
			'make the bucket',
			[{}],
			[s3Node('Create', { resource: 'bucket', operation: 'create', bucket: 'tests' })],
		);
		assert.equal(made.status, 'success', made.error?.message);
		assert.ok(setting().s3.buckets.has('tests'));
	});

	test('upload: the server holds each item once and exactly, the output keeps order and pairing', async () => {
		const { s3 } = setting();
		const rows = ['plain.txt', 'with space.txt', 'a+b&c=d.txt', 'ünï/cödé.txt', '100%.txt'].map(
			(name, n) => ({ key: `up/${name}`, text: `content ${n} äöü` }),
		);
		const execution = await runWorkflow('upload', rows, [s3Node('Upload', upload)]);
		assert.equal(execution.status, 'success', execution.error?.message);
		for (const { key, text } of rows) {
			assert.equal(s3.read('tests', key)?.toString(), text, key);
			assert.equal(s3.effects.get(`tests/${key}`)?.writes, 1, key);
		}
		const out = itemsOf(execution, 'Upload');
		assert.deepEqual(
			out.map(({ json }) => json.key),
			rows.map(({ key }) => key),
		);
		assert.deepEqual(
			out.map(({ pairedItem }) => pairedItem),
			rows.map((_row, item) => ({ item })),
		);
	});

	test('list and download: the files in n8n are the objects of the server', async () => {
		const { s3 } = setting();
		const execution = await runWorkflow(
			'download',
			[{}],
			[
				s3Node('List', {
					resource: 'object',
					operation: 'getMany',
					bucket: 'tests',
					prefix: 'up/',
					returnAll: true,
				}),
				s3Node('Download', {
					resource: 'object',
					operation: 'download',
					bucket: 'tests',
					key: '={{ $json.key }}',
					binaryPropertyName: 'data',
				}),
			],
		);
		assert.equal(execution.status, 'success', execution.error?.message);
		const stored = [...(s3.buckets.get('tests')?.objects.keys() ?? [])];
		const listed = itemsOf(execution, 'List').map(({ json }) => String(json.key));
		assert.deepEqual([...listed].sort(), stored.filter((key) => key.startsWith('up/')).sort());
		const files = itemsOf(execution, 'Download');
		assert.equal(files.length, 5);
		for (const [n, key] of listed.entries()) {
			assert.deepEqual(await bytesOf(files[n]), s3.read('tests', key), key);
		}
	});

	test('a file of 40 MB goes through n8n in parts and arrives whole', async () => {
		const { s3 } = setting();
		const text = 'one line of a large file, and the next one is the same\n'.repeat(730_000);
		const made = await runWorkflow(
			'make a large one',
			[{}],
			[
				s3Node('Make', {
					...upload,
					key: 'large/original',
					text: "={{ 'one line of a large file, and the next one is the same\\n'.repeat(730000) }}",
				}),
			],
		);
		assert.equal(made.status, 'success', made.error?.message);
		s3.requests.length = 0;
		const execution = await runWorkflow(
			'copy through n8n',
			[{}],
			[
				s3Node('Download', {
					resource: 'object',
					operation: 'download',
					bucket: 'tests',
					key: 'large/original',
					binaryPropertyName: 'data',
				}),
				s3Node('Upload', {
					...upload,
					key: 'large/copy',
					source: 'binary',
					binaryPropertyName: 'data',
				}),
			],
		);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal(s3.read('tests', 'large/copy')?.toString(), text);
		const parts = s3.requests.filter(({ operation }) => operation === 'UploadPart');
		assert.equal(parts.length, 3, '16 MiB each');
		assert.deepEqual(s3.openUploads(), []);
	});

	test('Retry On Fail 5 with item 3 of 5 always failing: every other item is sent once', async () => {
		const { s3 } = setting();
		refuseThird('retry');
		const retry = { retryOnFail: true, maxTries: 5, waitBetweenTries: 0 };
		const execution = await runWorkflow('retry on fail', five('retry'), [
			s3Node('Upload', upload, retry),
		]);
		assert.equal(execution.status, 'error');
		assert.match(execution.error?.message ?? '', /AccessDenied|Access Denied/);
		const { 'retry/3.txt': third, ...others } = putsByKey();
		assert.deepEqual(others, {
			'retry/1.txt': 1,
			'retry/2.txt': 1,
			'retry/4.txt': 1,
			'retry/5.txt': 1,
		});
		assert.equal(third, 5, 'n8n ran the node five times');
		assert.equal(s3.read('tests', 'retry/3.txt'), undefined);
	});

	test('Retry On Fail: once item 3 works, all five leave the node and none was sent twice', async () => {
		const { s3 } = setting();
		s3.faults.clear();
		s3.faults.add({
			kind: 'status',
			status: 403,
			times: 2,
			match: ({ key }) => key === 'again/3.txt',
		});
		s3.requests.length = 0;
		const retry = { retryOnFail: true, maxTries: 5, waitBetweenTries: 0 };
		const execution = await runWorkflow('retry and recover', five('again'), [
			s3Node('Upload', upload, retry),
		]);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.deepEqual(
			itemsOf(execution, 'Upload').map(({ json }) => json.key),
			five('again').map(({ key }) => key),
		);
		const { 'again/3.txt': third, ...others } = putsByKey();
		assert.deepEqual(Object.values(others), [1, 1, 1, 1]);
		assert.equal(third, 3);
	});

	test('Failed output: four items go on, the fifth comes out with its reason and can be repeated', async () => {
		const { s3 } = setting();
		refuseThird('failed');
		const settings = { ...upload, resilience: { failedOutput: true } };
		const execution = await runWorkflow(
			'failed output',
			five('failed'),
			[s3Node('Upload', settings), end('Done'), end('Failed')],
			[['Upload', 1, 'Failed']],
		);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.deepEqual(
			itemsOf(execution, 'Done').map(({ json }) => json.key),
			[1, 2, 4, 5].map((n) => `failed/${n}.txt`),
		);
		const failed = itemsOf(execution, 'Failed');
		assert.equal(failed.length, 1);
		const { input, error, attempts } = failed[0]?.json ?? {};
		assert.deepEqual(input, five('failed')[2]);
		const { code, status, hint } = Object(error);
		assert.deepEqual(
			{ code, status, attempts },
			{ code: 'AccessDenied', status: 403, attempts: 1 },
		);
		assert.match(hint, /policy|allowed/i);

		s3.faults.clear();
		s3.requests.length = 0;
		const redriven = await runWorkflow(
			'redrive',
			failed.map(({ json }) => json),
			[s3Node('Upload', settings)],
		);
		assert.equal(redriven.status, 'success', redriven.error?.message);
		assert.deepEqual(putsByKey(), { 'failed/3.txt': 1 });
		assert.equal(s3.read('tests', 'failed/3.txt')?.toString(), 'text 3 of failed');
	});

	test("Continue On Fail: n8n's error output gets the failed item, the success output the others", async () => {
		refuseThird('continue');
		const execution = await runWorkflow(
			'continue on fail',
			five('continue'),
			[s3Node('Upload', upload, { onError: 'continueErrorOutput' }), end('Done'), end('Errors')],
			[['Upload', 1, 'Errors']],
		);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal(itemsOf(execution, 'Done').length, 4);
		const errors = itemsOf(execution, 'Errors');
		assert.equal(errors.length, 1);
		assert.equal(errors[0]?.json.key, 'continue/3.txt', 'n8n adds the input of the item');
		assert.match(String(errors[0]?.json.error), /AccessDenied|Access Denied/);
	});

	test('a wrong secret: the error in the execution names it', async () => {
		const { rest, s3, credential } = setting();
		s3.faults.clear();
		const id = await rest.createCredential('Wrong', 'resilientS3Api', {
			...credential,
			secretAccessKey: secrets.wrongSecretAccessKey,
		});
		const credentials = { resilientS3Api: { id, name: 'Wrong' } };
		const execution = await runWorkflow('wrong secret', five('wrong'), [
			s3Node('Upload', upload, { credentials }),
		]);
		assert.equal(execution.status, 'error');
		assert.match(JSON.stringify(execution.error), /SignatureDoesNotMatch/);
		assert.match(JSON.stringify(execution.error), /secret access key/i);
	});
});
