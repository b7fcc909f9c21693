import { abort } from '../../../nodes/Salesforce/actions/job/abort.operation';
import { get } from '../../../nodes/Salesforce/actions/job/get.operation';
import { getMany } from '../../../nodes/Salesforce/actions/job/getMany.operation';
import { getResults } from '../../../nodes/Salesforce/actions/job/getResults.operation';
import { submit } from '../../../nodes/Salesforce/actions/job/submit.operation';
import type { Job } from '../../../nodes/Salesforce/transport/records/bulk/job';
import type { SalesforceSandbox } from '../../../sandbox/salesforce/server';
import { startSalesforceSandbox } from '../../../sandbox/salesforce/server';
import { failureOf } from '../../S3/clientOf';
import { clientAt } from '../orgStub';
import { act } from './acting';

let sandbox: SalesforceSandbox;
beforeEach(async () => {
	sandbox = await startSalesforceSandbox();
});
afterEach(async () => await sandbox.close());

const hurried = {
	now: () => Date.now(),
	timer: (ms: number, then: () => void) => {
		const handle = setTimeout(then, Math.min(ms, 20));
		return () => clearTimeout(handle);
	},
};
const connected = () => ({
	...clientAt(sandbox.url, {
		oauthTokenData: { access_token: sandbox.accessToken(), instance_url: sandbox.url },
	}),
	clock: hurried,
});

const submitted = async (csv: string, more: object = {}) =>
	await act(
		submit,
		connected(),
		{
			object: 'Account',
			jobOperation: 'insert',
			binaryPropertyName: 'data',
			wait: true,
			externalIdField: 'External_Id__c',
			options: {},
			...more,
		},
		{ data: { content: Buffer.from(csv), mimeType: 'text/csv' } },
	);

const calls = () => sandbox.requests.map(({ method }) => method).join(' ');

test('a file is sent as it is, and its results come as items or as a file', async () => {
	const csv = '\uFEFFName;Site\r\nA;"x;\r\ny"\r\n;lost\r\nB;\r\n';
	const { answer } = await submitted(csv);
	const [job] = answer as Job[];
	expect(job).toMatchObject({
		state: 'JobComplete',
		operation: 'insert',
		numberRecordsProcessed: 3,
		numberRecordsFailed: 1,
	});
	expect(sandbox.store.count('Account')).toBe(2);
	const ask = { jobId: job?.id ?? '', returnAll: true };
	const failed = await act(getResults, connected(), { ...ask, results: 'failed', output: 'items' });
	expect(failed.answer).toEqual([
		expect.objectContaining({ Name: '', Site: 'lost', sf__Error: expect.stringMatching(/Name/) }),
	]);
	const file = { results: 'successful', output: 'csv', binaryPropertyName: 'data' };
	const { saved } = await act(getResults, connected(), { ...ask, ...file });
	const [text = ''] = saved;
	expect(text.split('\r\n')[0]).toBe('sf__Id,sf__Created,Name,Site');
	expect(text).toContain('"x;\r\ny"');
});

test('what it is to do: update, delete, upsert', async () => {
	const id = sandbox.store.insert('Account', { Name: 'old', External_Id__c: 'E1', Phone: '1' });
	await submitted(`Id,Name,Phone\n${id},new,#N/A\n`, { jobOperation: 'update' });
	expect(sandbox.store.read(id)).toMatchObject({ Name: 'new', Phone: null });
	const upsert = { jobOperation: 'upsert' };
	await submitted('External_Id__c,Name\nE1,newer\nE2,two\n', upsert);
	expect(sandbox.store.read(id)).toMatchObject({ Name: 'newer' });
	expect(sandbox.store.count('Account')).toBe(2);
	await submitted(`Id\n${id}\n`, { jobOperation: 'delete' });
	expect(sandbox.store.read(id)).toBeUndefined();
});

test('without waiting, the job is got, listed and aborted', async () => {
	sandbox.bulk.processMs = 60_000;
	const { answer } = await submitted('Name\nA\n', { wait: false });
	const [{ id = '' } = {}] = answer as Job[];
	expect(calls()).toBe('POST PUT PATCH');
	const one = await act(get, connected(), { jobId: id });
	expect(one.answer).toMatchObject({ id, object: 'Account' });
	const options = { object: 'account', states: ['UploadComplete', 'InProgress'] };
	const many = await act(getMany, connected(), { returnAll: true, options });
	expect((many.answer as Job[]).map((job) => job.id)).toEqual([id]);
	const other = await act(getMany, connected(), { returnAll: true, options: { object: 'Lead' } });
	expect(other.answer).toEqual([]);
	const stopped = await act(abort, connected(), { jobId: id });
	expect(stopped.answer).toMatchObject({ id, state: 'Aborted' });
});

test('a job that fails as a whole fails the item, in the words of Salesforce', async () => {
	const failure = await failureOf(submitted('Name,Nmae\nA,B\n'));
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'rejected', code: 'InvalidBatch' });
	expect(failure.message).toMatch(/Nmae/);
	expect(sandbox.store.count('Account')).toBe(0);
});

test('a lost answer to the end of the upload: the records are there once', async () => {
	const fault = sandbox.faults.add({
		kind: 'resetAfter',
		times: 1,
		match: ({ method }) => method === 'PATCH',
	});
	const { answer } = await submitted('Name\nA\nB\n');
	expect(fault.hits).toBe(1);
	expect(answer).toMatchObject([{ state: 'JobComplete', numberRecordsProcessed: 2 }]);
	expect(sandbox.store.count('Account')).toBe(2);
});

test.each(['', '../../query', '001000000000001'])('%j is no job', async (jobId) => {
	const failure = await failureOf(act(get, connected(), { jobId }));
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(sandbox.requests).toEqual([]);
});
