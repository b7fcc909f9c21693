import { publish } from '../../../nodes/Salesforce/actions/event/publish.operation';
import { Failure } from '../../../nodes/shared/resilience/failure';
import type { Answer, Asked } from '../orgStub';
import { clientAt, startOrgStub } from '../orgStub';

let close: () => Promise<void> = async () => {};
afterEach(async () => await close());

interface Sent {
	records: Array<{ attributes: { type: string } } & Record<string, unknown>>;
}

async function org(answer: (sent: Sent, asked: Asked) => Answer) {
	const stub = await startOrgStub((asked) => answer(JSON.parse(asked.body) as Sent, asked));
	close = stub.close;
	return stub;
}

// As https://developer.salesforce.com/docs/atlas.en-us.platform_events.meta shows it: a success with an "error".
const enqueued = (n: number) => ({
	id: `e01xx00000000${String(n).padStart(2, '0')}AAA`,
	success: true,
	errors: [{ statusCode: 'OPERATION_ENQUEUED', message: `uuid-${n}`, fields: [] }],
});

const inputs = (count: number) =>
	Array.from({ length: count }, (_, n) => ({ object: 'Order__e', fields: { Number__c: `N${n}` } }));

test('3,000 events are 15 requests, and each tells under which id subscribers see it', async () => {
	let made = 0;
	const stub = await org(({ records }) => ({ body: records.map(() => enqueued(made++)) }));
	const results = await publish.executeAll(clientAt(stub.url), inputs(3_000));
	expect(stub.requests).toHaveLength(15);
	expect(new Set(stub.requests.map(({ path }) => path))).toEqual(
		new Set(['/services/data/v68.0/composite/sobjects']),
	);
	expect(JSON.parse(stub.requests[0]?.body ?? '')).toMatchObject({
		records: expect.arrayContaining([
			{ attributes: { type: 'Order__e' }, Number__c: expect.any(String) as string },
		]) as unknown[],
	});
	expect(results[0]).toEqual({
		...{ id: expect.any(String) as string, success: true },
		eventUuid: expect.stringMatching(/^uuid-\d+$/) as string,
	});
});

test('an event that is refused fails alone, with the reason', async () => {
	const stub = await org(({ records }) => ({
		body: records.map((_record, n) =>
			n === 1
				? {
						success: false,
						errors: [
							{
								statusCode: 'REQUIRED_FIELD_MISSING',
								message: 'Required fields are missing: [Number__c]',
								fields: ['Number__c'],
							},
						],
					}
				: enqueued(n),
		),
	}));
	const results = await publish.executeAll(clientAt(stub.url), inputs(3));
	expect(results[1]).toMatchObject({ kind: 'invalid', code: 'REQUIRED_FIELD_MISSING' });
	expect(results.filter((one) => one instanceof Failure)).toHaveLength(1);
});

test('a lost answer: nobody knows, and nothing is published twice', async () => {
	const stub = await org(() => ({ cut: true }));
	const results = await publish.executeAll(clientAt(stub.url), inputs(2));
	expect(stub.requests).toHaveLength(1);
	for (const result of results) expect(result).toMatchObject({ phase: 'maybeDone' });
});
