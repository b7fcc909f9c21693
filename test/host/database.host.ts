import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openSetting, setting } from './setting.ts';
import { itemsOf, runWorkflow, s3Node, uploadText } from './workflow.ts';

// As in queue mode, where the processes share no disk.
describe('n8n with its files in the database', () => {
	before(async () => await openSetting({ N8N_DEFAULT_BINARY_DATA_MODE: 'database' }));

	test('a file goes through a download and an upload byte for byte', async () => {
		const text = 'ü'.repeat(300_000);
		const from = { resource: 'object', bucket: 'tests', key: 'from.txt' };
		const execution = await runWorkflow(
			'files in the database',
			[{ key: 'from.txt', text }],
			[
				s3Node('Create', { resource: 'bucket', operation: 'create', bucket: 'tests' }),
				s3Node('Store', {
					...uploadText,
					key: 'from.txt',
					text: `={{ $('Start').item.json.text }}`,
				}),
				s3Node('Download', { ...from, operation: 'download', binaryPropertyName: 'data' }),
				s3Node('Upload', { ...from, operation: 'upload', key: 'to.txt', source: 'binary' }),
			],
		);
		assert.equal(execution.status, 'success', execution.error?.message);
		const [file] = itemsOf(execution, 'Download');
		assert.match(String(file?.binary?.data?.id), /^database:/);
		assert.equal(setting().s3.read('tests', 'to.txt')?.toString(), text);
	});
});
