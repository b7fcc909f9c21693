import type { Fault } from '../../../sandbox/salesforce/faults';
import { run } from '../../../nodes/Salesforce/actions/query/run.operation';
import { exportOperation } from '../../../nodes/Salesforce/actions/report/export.operation';
import { act } from './acting';
import { startOrg } from './org';

let started: Awaited<ReturnType<typeof startOrg>>;
const COUNT = 12_000;
let ids: string[] = [];

beforeAll(async () => {
	started = await startOrg();
	const { store } = started.org;
	for (let n = 0; n < COUNT; n++) store.insert('Account', { Name: `Account ${n}` });
	ids = store
		.rows('Account')
		.map(({ id }) => id)
		.sort();
});
afterAll(async () => await started.org.close());
beforeEach(() => void (started.org.requests.length = 0));
afterEach(() => started.org.faults.clear());

const query = async (method: 'bulk' | 'rest', output = 'csv') =>
	await act(run, started.signedIn(), {
		soql: 'SELECT Id FROM Account ORDER BY Id',
		output,
		options: { method },
	});
const idsIn = (file = '') => file.trimEnd().replaceAll('"', '').split('\r\n').slice(1).sort();
const isData = ({ path }: { path: string }) => /\/query\/01g|\/results|\/jobs\/query/.test(path);

test.each<[string, Partial<Fault> & Pick<Fault, 'kind'>]>([
	['the connection breaks before the answer', { kind: 'resetBefore' }],
	['the answer is lost', { kind: 'resetAfter' }],
	['the answer ends in the middle', { kind: 'truncate' }],
	['the org is not available', { kind: 'unavailable' }],
	['the org does not know what went wrong', { kind: 'unknownException' }],
	['a page of the network comes in place of the answer', { kind: 'html420' }],
	['a page of a proxy comes as a success', { kind: 'html200' }],
	['the token expires', { kind: 'expiredToken' }],
])('each record is there once, though %s', async (_what, fault) => {
	for (const method of ['rest', 'bulk'] as const) {
		const active = started.org.faults.add({
			...fault,
			times: 2,
			share: 0.5,
			match: isData,
		} as Fault);
		if (fault.kind === 'expiredToken') {
			// Nobody can renew the token of this test: the failure says so, and no file is made.
			await expect(query(method)).rejects.toMatchObject({ code: 'INVALID_SESSION_ID' });
			started.org.faults.clear();
			continue;
		}
		const { saved } = await query(method);
		expect(active.hits).toBe(2);
		// Not as lists: their differences would take a minute to print.
		expect(idsIn(saved[0]).join()).toBe(ids.join());
		started.org.faults.clear();
	}
});

test('at the daily limit nothing more is sent', async () => {
	started.org.faults.add({ kind: 'dailyLimit', match: ({ path }) => path.includes('/query/01g') });
	await expect(query('rest')).rejects.toMatchObject({ code: 'REQUEST_LIMIT_EXCEEDED' });
	expect(started.org.requests.filter(isData)).toHaveLength(1);
});

test('a web page is no report', async () => {
	const [report] = started.org.org.reports;
	started.org.faults.add({ kind: 'html200', match: ({ path }) => path.includes('/analytics/') });
	const exported = act(exportOperation, started.signedIn({ maxAttempts: 1 }), {
		reportId: report?.id,
	});
	await expect(exported).rejects.toMatchObject({ code: 'UNREADABLE_ANSWER' });
});
