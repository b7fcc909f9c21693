import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Item } from '../../sandbox/host/rest.ts';
import { secrets, setting } from './setting.ts';
import { itemsOf, runWorkflow, s3Node, uploadText } from './workflow.ts';

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
		const execution = await runWorkflow('upload', rows, [s3Node('Upload', uploadText)]);
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
					...uploadText,
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
					...uploadText,
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

	test('a wrong secret: the error in the execution names it', async () => {
		const { rest, s3, credential } = setting();
		s3.faults.clear();
		const id = await rest.createCredential('Wrong', 'resilientS3Api', {
			...credential,
			secretAccessKey: secrets.wrongSecretAccessKey,
		});
		const credentials = { resilientS3Api: { id, name: 'Wrong' } };
		const execution = await runWorkflow(
			'wrong secret',
			[{ key: 'wrong.txt', text: 'never stored' }],
			[s3Node('Upload', uploadText, { credentials })],
		);
		assert.equal(execution.status, 'error');
		assert.match(JSON.stringify(execution.error), /SignatureDoesNotMatch/);
		assert.match(JSON.stringify(execution.error), /secret access key/i);
	});
});
