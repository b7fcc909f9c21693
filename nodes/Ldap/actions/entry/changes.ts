import type { Item } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import type { Change } from '../../transport/entry';
import type { Schema } from '../../transport/schema';
import { sentAs } from '../../transport/values/sentAs';
import type { GivenAttributes } from '../attributeFields';
import { givenAttributes, namesAndValues, valuesOf } from '../attributeFields';

const OPERATIONS = ['add', 'delete', 'increment', 'replace'] as const;
type Operation = (typeof OPERATIONS)[number];
/** "deleteAll": what is left out of `delete` by mistake must not remove everything. */
type Kind = Operation | 'deleteAll';

export interface ChangesInput extends Pick<GivenAttributes, 'files'> {
	changes: { rows?: Array<{ change: Kind; attribute: string; value?: unknown }> };
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
	const add = (kind: Kind, name: string, values: Buffer[]) => {
		if (name === '') throw invalidInput('A change names no attribute');
		// RFC 4511 section 4.6: to add nothing is an error, and to remove nothing removes all.
		if (kind !== 'replace' && kind !== 'deleteAll' && values.length === 0)
			throw withoutValue(kind, name);
		const type = sentAs(schema, name);
		const id = `${kind} ${type.toLowerCase()}`;
		const known = found.get(id);
		const operation = kind === 'deleteAll' ? 'delete' : kind;
		if (!known) found.set(id, { operation, type, values });
		else for (const value of values) known.values.push(value);
	};
	for (const { change, attribute, value } of changes.rows ?? []) {
		const type = attribute.trim();
		add(change, type, change === 'deleteAll' ? [] : valuesOf(schema, type, value));
	}
	const json = namesAndValues(changesJson, JSON_FIELD);
	for (const kind of Object.keys(json)) {
		const operation = OPERATIONS.find((known) => known === kind);
		if (!operation) throw invalidInput(`"${JSON_FIELD}" has "${kind}", but takes ${KINDS}`);
		const attributes = namesAndValues(json[kind], `${JSON_FIELD} > ${kind}`);
		for (const [type, value] of Object.entries(attributes)) {
			const kind = operation === 'delete' && value === null ? 'deleteAll' : operation;
			add(kind, type, valuesOf(schema, type, value));
		}
	}
	for (const { type, values } of await givenAttributes(schema, { files }, item))
		add('replace', type, values);
	const all = [...found.values()];
	if (all.length === 0) throw invalidInput('No change is filled in');
	return all;
}

const withoutValue = (kind: 'add' | 'delete' | 'increment', type: string) =>
	kind === 'delete'
		? invalidInput(
				`There is no value to remove from "${type}"`,
				'Check its expression. To remove all values, choose "Remove All Values", or give null in the JSON.',
			)
		: invalidInput(`There is no value to ${kind} to "${type}"`, 'Check its expression.');

const JSON_FIELD = 'More Changes (JSON)';
const KINDS = OPERATIONS.map((operation) => `"${operation}"`).join(', ');
