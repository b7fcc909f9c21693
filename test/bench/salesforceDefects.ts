import { randomBytes } from 'node:crypto';
import type { INodeExecutionData } from 'n8n-workflow';
import {
	startSalesforceSandbox,
	type RecordedRequest,
	type SalesforceSandbox,
} from '../../sandbox/salesforce/server.ts';
import type { Engine } from '../engine/engine';
import { engineOf, playScenarios, type Scenario } from './playScenarios';
import { subjects, type Subject } from './salesforceSubjects';

/** An org, and the engine that the nodes run in. */
interface World {
	org: SalesforceSandbox;
	engine: Engine;
}

type OrgScenario = Scenario<Subject, World>;

const items = (count: number): INodeExecutionData[] =>
	Array.from({ length: count }, (_none, n) => ({ json: { n } }));
const lead = { lastName: '={{ "Person " + $json.n }}', company: 'Example' };
const isWrite = ({ method, path: to }: RecordedRequest) =>
	method !== 'GET' && to.includes('/services/data/');
const writes = (org: SalesforceSandbox) => org.requests.filter(isWrite).length;
const leads = (org: SalesforceSandbox) => org.store.count('Lead');
const isOf = (count: number, what: string, wanted: number) =>
	count === wanted ? undefined : `${count} ${what} instead of ${wanted}`;

/** A fault that hits one write, or each second one. */
const passing = (
	title: string,
	fault: Parameters<SalesforceSandbox['faults']['add']>[0],
): OrgScenario => ({
	title,
	async play(node, { org }) {
		org.faults.add({ ...fault, match: isWrite });
		const { error } = await node.run('createLead', lead, org, items(5));
		return error?.message ?? isOf(leads(org), 'leads', 5);
	},
});

const scenarios: OrgScenario[] = [
	passing('503 SERVER_UNAVAILABLE for one request of five items', {
		kind: 'unavailable',
		times: 1,
	}),
	passing('UNABLE_TO_LOCK_ROW for one request of five items', { kind: 'lockRow', times: 1 }),
	{
		title: '50 items: no more than one request',
		async play(node, { org }) {
			await node.run('createLead', lead, org, items(50));
			return isOf(writes(org), 'requests', 1);
		},
	},
	{
		title: 'the third of five items is invalid, Retry On Fail: each of the others is there once',
		async play(node, { org }) {
			const given = items(5).map(({ json }, n) => ({
				json: { ...json, name: n === 2 ? '' : `P${n}` },
			}));
			const input = { lastName: '={{ $json.name }}', company: 'Example' };
			const settings = { retryOnFail: true, stopOnError: true };
			await node.run('createLead', input, org, given, settings);
			return isOf(leads(org), 'leads', 4);
		},
	},
	{
		title: 'the answer to a create is lost, Retry On Fail: the lead is there once',
		async play(node, { org }) {
			org.faults.add({ kind: 'resetAfter', times: 1, match: isWrite });
			const settings = { retryOnFail: true, stopOnError: true };
			await node.run('createLead', lead, org, items(1), settings);
			return isOf(leads(org), 'leads', 1);
		},
	},
	{
		title: 'the requests of the day are used up: 20 items send one request, and the error says so',
		async play(node, { org }) {
			org.faults.add({ kind: 'dailyLimit', match: isWrite });
			const { error } = await node.run('createLead', lead, org, items(20));
			const said = `${error?.message} ${error?.description}`;
			if (!/REQUEST_LIMIT_EXCEEDED|limit/i.test(said)) return said.slice(0, 120);
			return isOf(writes(org), 'requests', 1);
		},
	},
	{
		title: 'upsert by the external ID "A/B?x#1 %"',
		async play(node, { org }) {
			const externalId = 'A/B?x#1 %';
			const { error } = await node.run(
				'upsertInvoice',
				{ externalId, fields: { Notes__c: 'Odd' } },
				org,
			);
			const found = org.store.rows('Invoice__c').map(({ values }) => String(values.Number__c));
			return found[0] === externalId ? undefined : (error?.message ?? `it is "${found[0]}"`);
		},
	},
	{
		title: '130,000 rows of a query',
		async play(node, { org }) {
			for (let n = 0; n < 130_000; n++) org.store.insert('Account', { Name: `A${n}` });
			const { rows, error } = await node.run(
				'query',
				{ soql: 'SELECT Id, Name FROM Account' },
				org,
			);
			return error ? `${error.message}` : isOf(rows.length, 'rows', 130_000);
		},
	},
	{
		title: 'an account with 2,500 contacts in one query: all of them',
		async play(node, { org }) {
			const account = org.store.insert('Account', { Name: 'Large' });
			for (let n = 0; n < 2_500; n++)
				org.store.insert('Contact', { LastName: `C${n}`, AccountId: account });
			const soql = 'SELECT Name, (SELECT LastName FROM Contacts) FROM Account';
			const { rows, error } = await node.run('query', { soql }, org);
			const children = rows[0]?.Contacts as { records?: unknown[] } | unknown[] | undefined;
			const count = Array.isArray(children) ? children.length : (children?.records?.length ?? 0);
			return error?.message ?? isOf(count, 'contacts', 2_500);
		},
	},
	...(
		[
			['equals', 'Today', ['Today']],
			['equals', '2024-01-15T10:00:00', ['2024-01-15T10:00:00']],
			['equals', '0123', ['0123']],
			['notLike', 'Acme%', ['Today', '2024-01-15T10:00:00', '0123']],
		] as const
	).map(([operator, value, wanted]): OrgScenario => ({
		title: `accounts whose name ${operator === 'equals' ? 'is' : 'is not like'} "${value}"`,
		async play(node, { org }) {
			for (const Name of ['Acme 1', 'Today', '2024-01-15T10:00:00', '0123'])
				org.store.insert('Account', { Name });
			const condition = { field: 'Name', operator, value };
			const { rows, error } = await node.run('find', { object: 'Account', condition }, org);
			if (error) return error.message.slice(0, 120);
			const names = rows.map((row) => row.Name ?? row.name).sort();
			const same = JSON.stringify(names) === JSON.stringify([...wanted].sort());
			return same ? undefined : `found ${JSON.stringify(names)}`;
		},
	})),
	{
		title: 'a file of 300 KiB: what is stored is what was sent',
		async play(node, { org, engine }) {
			const content = randomBytes(300 * 1024);
			const record = org.store.insert('Account', { Name: 'With a file' });
			const binary = {
				data: await engine.storeFile(content, 'file.bin', 'application/octet-stream'),
			};
			const input = { record, fileName: 'file.bin' };
			const { error } = await node.run('upload', input, org, [{ json: {}, binary }]);
			const stored = [
				...org.store.rows('ContentVersion').map(({ values }) => values.VersionData),
				...org.store.rows('Attachment').map(({ values }) => values.Body),
			];
			if (error) return error.message;
			const [body] = stored;
			const bytes = Buffer.isBuffer(body) ? body : Buffer.from(String(body), 'base64');
			return bytes.equals(content) ? undefined : `${bytes.length} bytes of something else`;
		},
	},
];

export async function play(host: string) {
	const engine = await engineOf(host, { binary: 'filesystem' });
	return await playScenarios(scenarios, subjects(engine), async (play) => {
		// An org of its own for each: what one leaves behind is nothing to the other.
		const org = await startSalesforceSandbox();
		await play({ org, engine });
		await org.close();
	});
}
