import type { Item } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import type { Change } from '../../transport/entry';
import type { Schema } from '../../transport/schema';
import { sentAs } from '../../transport/values/sentAs';
import type { GivenAttributes } from '../attributeFields';
import { givenAttributes, namesAndValues, valuesOf } from '../attributeFields';

const OPERATIONS = ['add', 'delete', 'increment', 'replace'] as const;
type Operation = (typeof OPERATIONS)[number];

export interface ChangesInput extends Pick<GivenAttributes, 'files'> {
	changes: { rows?: Array<{ change: Operation; attribute: string; value: unknown }> };
	changesJson: unknown;
}

/**
 * The changes in the order in which they were filled in; rows of one kind and attribute are one.
 * @throws Failure that names what is wrong
 */
export async function changesOf(
	schema: Schema,
	{ changes, changesJson, files }: ChangesInput,
	item: Item,
): Promise<Change[]> {
	const found = new Map<string, Change>();
	const add = (operation: Operation, name: string, values: Buffer[]) => {
		if (name === '') throw invalidInput('A change names no attribute');
		const type = sentAs(schema, name);
		const id = `${operation} ${type.toLowerCase()}`;
		const known = found.get(id);
		if (known) known.values.push(...values);
		else found.set(id, { operation, type, values });
	};
	for (const { change, attribute, value } of changes.rows ?? [])
		add(change, attribute.trim(), valuesOf(schema, attribute.trim(), value));
	const json = namesAndValues(changesJson, JSON_FIELD);
	for (const kind of Object.keys(json)) {
		const operation = OPERATIONS.find((known) => known === kind);
		if (!operation) throw invalidInput(`"${JSON_FIELD}" has "${kind}", but takes ${KINDS}`);
		const attributes = namesAndValues(json[kind], `${JSON_FIELD} > ${kind}`);
		for (const [type, value] of Object.entries(attributes))
			add(operation, type, valuesOf(schema, type, value));
	}
	for (const { type, values } of await givenAttributes(schema, { files }, item))
		add('replace', type, values);
	const all = [...found.values()];
	if (all.length === 0) throw invalidInput('No change is filled in');
	for (const { operation, type, values } of all) {
		// RFC 4511 section 4.6: to add nothing is an error, to remove or replace by nothing is not.
		const needsValue = operation === 'add' || operation === 'increment';
		if (needsValue && values.length === 0)
			throw invalidInput(`There is no value to ${operation} to "${type}"`);
	}
	return all;
}

const JSON_FIELD = 'More Changes (JSON)';
const KINDS = OPERATIONS.map((operation) => `"${operation}"`).join(', ');
