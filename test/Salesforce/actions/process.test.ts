import { invoke } from '../../../nodes/Salesforce/actions/action/invoke.operation';
import { approve } from '../../../nodes/Salesforce/actions/approval/approve.operation';
import { submit } from '../../../nodes/Salesforce/actions/approval/submit.operation';
import { invoke as runFlow } from '../../../nodes/Salesforce/actions/flow/invoke.operation';
import { failureOf } from '../../S3/clientOf';
import type { Answer, Asked } from '../orgStub';
import { clientAt, startOrgStub } from '../orgStub';
import { act } from './acting';

let close: () => Promise<void> = async () => {};
afterEach(async () => await close());

async function org(answer: (asked: Asked, nth: number) => Answer) {
	const stub = await startOrgStub(answer);
	close = stub.close;
	return { ...stub, client: clientAt(stub.url) };
}

const RECORD = '006000000000001AAA';
const ITEM = '04i000000000001AAA';
const pending = {
	actorIds: ['005000000000001AAA'],
	entityId: RECORD,
	errors: null,
	instanceId: '04g000000000001AAA',
	instanceStatus: 'Pending',
	newWorkitemIds: [ITEM],
	success: true,
};

describe('approvals', () => {
	test('a record is submitted with what was chosen', async () => {
		const { client, requests } = await org(() => ({ body: [pending] }));
		const options = {
			nextApproverIds: '005000000000001AAA, 005000000000002AAA',
			skipEntryCriteria: false,
		};
		const { answer } = await act(submit, client, { recordId: RECORD, comments: 'Please', options });
		const { errors: _errors, success: _success, ...result } = pending;
		expect(answer).toEqual(result);
		expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
			requests: [
				{
					actionType: 'Submit',
					contextId: RECORD,
					comments: 'Please',
					nextApproverIds: ['005000000000001AAA', '005000000000002AAA'],
				},
			],
		});
	});

	test('a refusal in the result is told in the words of Salesforce', async () => {
		const errors = [
			{
				statusCode: 'NO_APPLICABLE_PROCESS',
				message: 'No applicable approval process was found.',
				fields: [],
			},
		];
		const { client } = await org(() => ({
			status: 400,
			body: [{ ...pending, success: false, errors }],
		}));
		const failure = await failureOf(act(submit, client, { recordId: RECORD }));
		expect(failure).toMatchObject({ code: 'NO_APPLICABLE_PROCESS', phase: 'rejected' });
		expect(failure.message).toContain('No applicable approval process was found.');
	});

	test('a refusal of the request is told as well', async () => {
		const { client } = await org(() => ({
			status: 400,
			body: [{ errorCode: 'JSON_PARSER_ERROR', message: 'Unexpected' }],
		}));
		const failure = await failureOf(act(submit, client, { recordId: RECORD }));
		expect(failure).toMatchObject({ code: 'JSON_PARSER_ERROR', phase: 'rejected' });
	});

	test('a lost answer is not sent again', async () => {
		const { client, requests } = await org(() => ({ cut: true }));
		const failure = await failureOf(act(submit, client, { recordId: RECORD }));
		expect(failure.phase).toBe('maybeDone');
		expect(requests).toHaveLength(1);
	});

	test('a record stands for the one request that is pending for it', async () => {
		const { client, requests } = await org(({ path }) =>
			path.includes('/query')
				? { body: { totalSize: 1, done: true, records: [{ Id: ITEM }] } }
				: { body: [{ ...pending, instanceStatus: 'Approved' }] },
		);
		const { answer } = await act(approve, client, { workItemId: RECORD });
		expect(answer).toMatchObject({ workItemId: ITEM, instanceStatus: 'Approved' });
		expect(JSON.parse(requests.at(-1)?.body ?? '')).toMatchObject({
			requests: [{ contextId: ITEM }],
		});
	});

	test.each([
		[[], 'No request'],
		[[{ Id: ITEM }, { Id: '04i000000000002AAA' }], '2 requests'],
	])('and nothing is decided where %j are pending', async (records, words) => {
		const { client, requests } = await org(() => ({
			body: { totalSize: records.length, done: true, records },
		}));
		const failure = await failureOf(act(approve, client, { workItemId: RECORD }));
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(failure.message).toContain(words);
		expect(requests.some(({ method }) => method === 'POST')).toBe(false);
	});
});

const ran = (outputValues: object) => ({
	actionName: 'F',
	errors: null,
	isSuccess: true,
	outputValues,
});

describe('actions and flows', () => {
	const input = (flow: string, inputs: Record<string, unknown>, options = {}) => ({
		flow,
		inputs,
		options,
	});

	test('the inputs of all items for one flow go in one request; each gets its own result', async () => {
		const failed = {
			actionName: 'F',
			isSuccess: false,
			outputValues: null,
			errors: [{ statusCode: 'FLOW_EXCEPTION', message: 'It broke', fields: [] }],
		};
		const { client, requests } = await org(({ path }) =>
			path.endsWith('/Other')
				? { body: [ran({ n: 9 })] }
				: { status: 400, body: [ran({ n: 1 }), failed] },
		);
		const results = await runFlow.executeAll(client, [
			input('First', { a: 1 }),
			input('Other', { a: 2 }),
			input(' ', { a: 2 }),
			input('First', { a: 3 }),
		]);
		expect(results[0]).toEqual({ actionName: 'F', outputValues: { n: 1 } });
		expect(results[1]).toEqual({ actionName: 'F', outputValues: { n: 9 } });
		expect(results[2]).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(results[3]).toMatchObject({ code: 'FLOW_EXCEPTION', phase: 'rejected' });
		expect(requests.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
			['/services/data/v68.0/actions/custom/flow/First', { inputs: [{ a: 1 }, { a: 3 }] }],
			['/services/data/v68.0/actions/custom/flow/Other', { inputs: [{ a: 2 }] }],
		]);
	});

	test.each([
		[false, 1, 'maybeDone'],
		[true, 2, undefined],
	])('a lost answer with "repeat" %s: %d requests', async (repeatable, sent, phase) => {
		const { client, requests } = await org((_asked, nth) =>
			nth === 1 ? { cut: true } : { body: [ran({})] },
		);
		const [result] = await runFlow.executeAll(client, [input('F', {}, { repeatable })]);
		expect(requests).toHaveLength(sent);
		expect(Reflect.get(result ?? {}, 'phase')).toBe(phase);
	});

	test('names are encoded, those of an object have it in front; standard actions have a place of their own', async () => {
		const { client, requests } = await org(() => ({ body: [ran({})] }));
		const given = { inputs: {}, options: {} };
		await invoke.executeAll(client, [
			{ ...given, kind: 'standard', actionName: 'chatterPost' },
			{ ...given, kind: 'quickAction', actionName: 'A/B?' },
		]);
		expect(requests.map(({ path }) => path)).toEqual([
			'/services/data/v68.0/actions/standard/chatterPost',
			'/services/data/v68.0/actions/custom/quickAction/A/B%3F',
		]);
	});

	test.each([[null], [undefined], [[]]])('a refusal with the errors %j', async (errors) => {
		const failed = { actionName: 'F', isSuccess: false, outputValues: null, errors };
		const { client } = await org(() => ({ status: 400, body: [failed, ran({})] }));
		const results = await runFlow.executeAll(client, [input('F', {}), input('F', {})]);
		expect(results[0]).toMatchObject({ code: 'UNKNOWN_EXCEPTION', phase: 'rejected' });
		expect(results[1]).toMatchObject({ actionName: 'F' });
	});

	test('an error that is no list', async () => {
		const errors = { statusCode: 'FLOW_EXCEPTION', message: 'It broke', fields: [] };
		const failed = { actionName: 'F', isSuccess: false, outputValues: null, errors };
		const { client } = await org(() => ({ status: 400, body: [failed] }));
		const [result] = await runFlow.executeAll(client, [input('F', {})]);
		expect(result).toMatchObject({ code: 'FLOW_EXCEPTION', phase: 'rejected' });
	});

	test('fewer results than inputs: nobody knows of the others', async () => {
		const { client } = await org(() => ({ body: [ran({})] }));
		const results = await runFlow.executeAll(client, [input('F', {}), input('F', {})]);
		expect(results[1]).toMatchObject({ phase: 'maybeDone', code: 'UNREADABLE_ANSWER' });
	});
});
