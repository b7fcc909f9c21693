import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setting } from './setting.ts';
import { end, itemsOf, runWorkflow, s3Node, uploadText } from './workflow.ts';

/** PUT requests by object key that arrived since `requests` was emptied. */
function putsByKey(): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { method, key } of setting().s3.requests) {
		if (method === 'PUT' && key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
	}
	return counts;
}

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

describe('failing items in a real n8n', () => {
	test('Retry On Fail 5 with item 3 of 5 always failing: every other item is sent once', async () => {
		const { s3 } = setting();
		refuseThird('retry');
		const retry = { retryOnFail: true, maxTries: 5, waitBetweenTries: 0 };
		const execution = await runWorkflow('retry on fail', five('retry'), [
			s3Node('Upload', uploadText, retry),
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
			s3Node('Upload', uploadText, retry),
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
		const settings = { ...uploadText, resilience: { failedOutput: true } };
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
			[
				s3Node('Upload', uploadText, { onError: 'continueErrorOutput' }),
				end('Done'),
				end('Errors'),
			],
			[['Upload', 1, 'Errors']],
		);
		assert.equal(execution.status, 'success', execution.error?.message);
		assert.equal(itemsOf(execution, 'Done').length, 4);
		const errors = itemsOf(execution, 'Errors');
		assert.equal(errors.length, 1);
		assert.equal(errors[0]?.json.key, 'continue/3.txt', 'n8n adds the input of the item');
		assert.match(String(errors[0]?.json.error), /AccessDenied|Access Denied/);
	});
});
