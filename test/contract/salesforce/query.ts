import type { ExampleOrg, Examples } from './org';
import { numbered } from './org';

/** Queries, searches and reports. */
export function queryExamples(org: ExampleOrg): Examples {
	org.sandbox.store.insert('Account', { Name: 'Contract Example' });
	const [report] = org.sandbox.org.reports;
	const reportId = { __rl: true, mode: 'id', value: report?.id };
	const filters = {
		rows: [{ column: 'Name', operator: 'notEqual', value: '={{ $json.n }}' }],
	};
	return {
		'report.export': {
			parameters: { reportId, filters, format: 'csv' },
			items: numbered(org),
		},
		'report.getMany': {
			parameters: { filters: { name: 'All' }, limit: 1 },
			items: numbered(org),
		},
		'report.run': {
			parameters: { reportId, filters, return: 'groups' },
			items: numbered(org),
		},
		'query.run': {
			parameters: {
				soql: 'SELECT Id, Name FROM Account WHERE Name != :n LIMIT 1',
				queryValues: { rows: [{ name: 'n', kind: 'text', value: '={{ $json.n }}' }] },
			},
			items: numbered(org),
		},
		'query.search': {
			parameters: { text: '=Example{{ $json.n }}', objects: { rows: [{ name: 'Account' }] } },
			items: async (count) => {
				const given = await numbered(org)(count);
				for (const { json } of given)
					org.sandbox.store.insert('Account', { Name: `Example${String(json.n)}` });
				return given;
			},
		},
		'record.getMany': {
			parameters: {
				object: { __rl: true, mode: 'name', value: 'Account' },
				returnFields: 'chosen',
				fields: ['Id', 'Name'],
				conditions: {
					rows: [{ field: 'Name', operator: 'notEquals', value: '={{ $json.n }}' }],
				},
				limit: 1,
			},
			items: numbered(org),
		},
	};
}
