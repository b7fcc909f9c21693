import { defineBatchOperation } from '../../../shared/node/defineOperation';
import { Failure, invalidInput, toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import type { TreeIds } from '../../transport/composite/sendTrees';
import { sendTrees } from '../../transport/composite/sendTrees';
import type { Tree, TreeRecord } from '../../transport/composite/tree';
import { treeOf } from '../../transport/composite/tree';
import { objectToCreate } from '../objectFields';

interface Created {
	id: string;
	[relatedList: string]: unknown;
}

export const tree = defineBatchOperation({
	name: 'Create Tree',
	value: 'tree',
	action: 'Create a record with related records',
	description:
		'Create a record with the records below it, such as an account with its contacts: all of them or none. A tree for each item, and up to 200 records in one call.',
	repeatable: false,
	properties: [
		objectToCreate,
		{
			displayName: 'Record',
			name: 'record',
			type: 'json',
			required: true,
			default: '{}',
			placeholder: '{ "Name": "Acme", "Contacts": [{ "LastName": "Lovelace" }] }',
			description:
				'The values by field. A list of records below it has the name of the relationship: Contacts, or Invoices__r.',
		},
	],
	batchSize: Infinity,
	async executeAll(salesforce: SalesforceClient, inputs, settle) {
		const results: Array<Created | Failure> = [];
		const objects = new Map<string, Map<Tree, number>>();
		for (const [n, { object, record }] of inputs.entries()) {
			try {
				const made = await treeOf(salesforce, object, fieldsIn(record), `t${n}`);
				const { type } = made.record.attributes;
				objects.set(type, (objects.get(type) ?? new Map<Tree, number>()).set(made, n));
			} catch (error) {
				results[n] = toFailure(error);
			}
		}
		for (const [object, inputOf] of objects)
			await sendTrees(salesforce, object, [...inputOf.keys()], async (made, result) => {
				const n = inputOf.get(made) ?? -1;
				const row = result instanceof Failure ? result : created(made.record, result);
				results[n] = row;
				await settle?.(n, row);
			});
		return results;
	},
});

function fieldsIn(record: unknown): Record<string, unknown> {
	if (typeof record === 'object' && record !== null && !Array.isArray(record)) return { ...record };
	throw invalidInput(
		'"Record" must be an object with the values by field',
		'Of a list of records, make an item of each.',
	);
}

/** The IDs, in the form in which the records were written. */
function created({ attributes: { referenceId }, ...fields }: TreeRecord, ids: TreeIds): Created {
	const lists = Object.entries(fields).flatMap(([name, value]) => {
		const children = isList(value) ? value.records : undefined;
		return children ? [[name, children.map((child) => created(child, ids))] as const] : [];
	});
	return { id: ids.get(referenceId) ?? '', ...Object.fromEntries(lists) };
}

const isList = (value: unknown): value is { records: TreeRecord[] } =>
	typeof value === 'object' && value !== null && 'records' in value && Array.isArray(value.records);
