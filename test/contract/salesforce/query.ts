import type { ExampleOrg, Examples } from './org';
import { numbered } from './org';

/** Queries and searches. */
export function queryExamples(org: ExampleOrg): Examples {
	org.sandbox.store.insert('Account', { Name: 'Contract Example' });
	return {
		'query.run': {
			parameters: {
				soql: 'SELECT Id, Name FROM Account WHERE Name != :n LIMIT 1',
				queryValues: { rows: [{ name: 'n', kind: 'text', value: '={{ $json.n }}' }] },
			},
			items: numbered(org),
		},
		'query.search': {
			parameters: { text: '=Contract {{ $json.n }}', objects: { rows: [{ name: 'Account' }] } },
			items: numbered(org),
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
