import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { assertNoSecret } from './secrets.ts';
import { setting } from './setting.ts';

interface ExecutionList {
	data: { results: Array<{ id: string; status: string }> };
}

describe('after all of that', () => {
	test('the planted secrets are in no execution as n8n serves it', async () => {
		const { rest } = setting();
		const answer = await rest.get('/rest/executions?limit=100');
		const list: ExecutionList = JSON.parse(await answer.text());
		const { results } = list.data;
		assert.ok(results.some(({ status }) => status === 'error'));
		assert.ok(results.some(({ status }) => status === 'success'));
		let searched = '';
		for (const { id } of results) {
			const execution = await rest.get(`/rest/executions/${id}`);
			const text = await execution.text();
			assertNoSecret(text, `execution ${id}`);
			searched += text;
		}
		// What was searched is what it should be: it holds items, failed records and errors.
		assert.match(searched, /failed\/3\.txt/);
		assert.match(searched, /idempotencyKey/);
		assert.match(searched, /SignatureDoesNotMatch/);
	});

	test('the planted secrets are in no log, database and file of n8n', () => {
		const { folder, host } = setting();
		assert.match(readFileSync(host.logFile, 'utf8'), /Editor is now accessible/);
		const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
			.filter((file) => !file.includes('node_modules'))
			.map((file) => path.join(folder, file))
			.filter((file) => statSync(file).isFile());
		assert.ok(files.some((file) => file.endsWith('database.sqlite')));
		for (const file of files) assertNoSecret(readFileSync(file, 'latin1'), file);
	});
});
