import { Failure, invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import type { ObjectDescription } from '../describe';
import { describeObject } from '../describeCache';
import { didYouMean } from '../describedNames';

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobject_tree.htm
export const MOST_RECORDS = 200;
export const MOST_TYPES = 5;
const MOST_LEVELS = 5;

/** A record with the records below it, as the API takes it. */
export interface TreeRecord {
	attributes: { type: string; referenceId: string };
	[field: string]: unknown;
}

/** A record with all below it, and where each of them stands. */
export interface Tree {
	record: TreeRecord;
	/** by reference ID: the way to it, as in "Contacts 1" */
	places: Map<string, string>;
	types: Set<string>;
}

/**
 * The records that somebody wrote, ready to be sent: lists of children are told from fields by what
 * the org says of the object, and so is the object of each child.
 * @param name tells the records of this tree from those of others: letters and digits
 * @throws Failure where a record cannot be part of a tree
 */
export async function treeOf(
	client: SalesforceClient,
	object: string,
	fields: Record<string, unknown>,
	name: string,
): Promise<Tree> {
	const tree = { places: new Map<string, string>(), types: new Set<string>() };
	let count = 0;
	const build = async (
		type: string,
		given: Record<string, unknown>,
		place: string,
		level: number,
	): Promise<TreeRecord> => {
		if (level > MOST_LEVELS)
			throw invalidInput(
				`${place} stands on level ${level}, but a tree has ${MOST_LEVELS} at most`,
			);
		const description = await describeObject(client, type);
		const referenceId = `${name}r${count++}`;
		tree.places.set(referenceId, place);
		tree.types.add(description.name);
		if (count > MOST_RECORDS)
			throw invalidInput(`The tree has more than ${MOST_RECORDS} records, which is the most`);
		const record: TreeRecord = { attributes: { type: description.name, referenceId } };
		for (const [field, value] of Object.entries(given)) {
			if (field === 'attributes') continue;
			const children = childrenIn(value);
			if (!children) {
				record[field] = value;
				continue;
			}
			const below = childOf(description, field, place);
			const records: TreeRecord[] = [];
			for (const [n, child] of children.entries())
				records.push(
					await build(
						below.object,
						objectIn(child, below.name, n),
						`${below.name} ${n + 1}`,
						level + 1,
					),
				);
			record[below.name] = { records };
		}
		return record;
	};
	const record = await build(object, fields, 'The record', 1);
	if (tree.types.size > MOST_TYPES)
		throw invalidInput(
			`The tree has records of ${tree.types.size} objects, but may have ${MOST_TYPES}: ${[...tree.types].join(', ')}`,
		);
	return { record, ...tree };
}

/** Children are a list, or written as the API wants it: { records: [...] }. */
function childrenIn(value: unknown): unknown[] | undefined {
	const list: unknown =
		typeof value === 'object' && value !== null && 'records' in value ? value.records : value;
	return Array.isArray(list) ? list : undefined;
}

function objectIn(value: unknown, relationship: string, n: number): Record<string, unknown> {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
	throw invalidInput(`"${relationship}" ${n + 1} is no record: ${JSON.stringify(value)}`);
}

function childOf({ name, childRelationships }: ObjectDescription, field: string, place: string) {
	const known = childRelationships.flatMap(({ relationshipName, childSObject }) =>
		relationshipName === null
			? []
			: [{ name: relationshipName, label: childSObject, object: childSObject }],
	);
	const child = known.find((one) => one.name.toLowerCase() === field.toLowerCase());
	if (child) return child;
	throw new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_FIELD',
		message: `${place}: "${field}" is a list, but ${name} has no related list of this name`,
		hint: `${didYouMean(field, known)}Related lists have the name of the relationship from the parent, such as Contacts or Invoices__r.`,
	});
}
