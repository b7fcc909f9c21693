import type { Org } from '../org.ts';
import type { Field } from '../schema/field.ts';
import type { ObjectType } from '../schema/objectType.ts';
import type { Row, Value } from '../store/row.ts';
import { placeOf, queryError } from './errors.ts';

/** Where names in a query are looked up. */
export interface Scope {
	org: Org;
	type: ObjectType;
	/** Names that stand for the object itself: "SELECT a.Name FROM Account a". */
	alias: string | undefined;
	/** For the place in messages. */
	query: string;
	/** Whether records of the recycle bin are seen (queryAll). */
	withDeleted: boolean;
	/** "/services/data/v68.0" */
	base: string;
	userId: string;
}

/** One step from a record to its parent. */
export interface Step {
	lookup: Field;
	/** As the answer calls it. */
	name: string;
}

/** A field of a record or of its parents. */
export interface Path {
	steps: Step[];
	field: Field;
	/** Whether the field is one of parents of several objects, where "Type" is the name of the object. */
	ofAny: boolean;
	get(row: Row): Value;
}

/** What parents of any object have in common. */
const nameFields = [
	'Id',
	'Name',
	'FirstName',
	'LastName',
	'Email',
	'Phone',
	'Title',
	'Type',
	'Username',
	'Alias',
	'IsActive',
	'ProfileId',
	'UserRoleId',
];

const helpWith = (kind: string, suffix: string) =>
	`If you are attempting to use a custom ${kind}, be sure to append the '${suffix}' after the custom ${kind} name. Please reference your WSDL or the describe call for the appropriate names.`;

/** @throws ApiError INVALID_FIELD */
export function resolve(scope: Scope, path: string): Path {
	const { org, type, query } = scope;
	const parts = path.split('.');
	const names = parts.length > 1 && isSelf(scope, parts[0] ?? '') ? parts.slice(1) : parts;
	const steps: Step[] = [];
	let objects = [type.name];
	for (const part of names.slice(0, -1)) {
		const lookup = objects
			.map((object) => org.schema.relationship(object, part))
			.find((found) => found !== undefined);
		if (!lookup) {
			const message = `Didn't understand relationship '${part}' in field path. ${helpWith('relationship', '__r')}`;
			throw queryError('INVALID_FIELD', query, placeOf(query, path), message);
		}
		steps.push({ lookup, name: lookup.relationshipName ?? part });
		objects = lookup.referenceTo;
	}
	const name = names.at(-1) ?? '';
	const field = fieldOf(scope, objects, name);
	if (!field) {
		const object = objects.length === 1 ? objects[0] : 'Name';
		const message = `No such column '${name}' on entity '${object}'. ${helpWith('field', '__c')}`;
		throw queryError('INVALID_FIELD', query, placeOf(query, path), message);
	}
	const ofAny = objects.length > 1;
	const get = (row: Row): Value => {
		const owner = parentBy(scope, row, steps);
		if (!owner) return null;
		if (ofAny && field.name === 'Type') return owner.object;
		return org.store.value(owner, field.name);
	};
	return { steps, field, ofAny, get };
}

const isSelf = ({ type, alias }: Scope, name: string) =>
	[type.name, alias].some((known) => known?.toLowerCase() === name.toLowerCase());

function fieldOf({ org }: Scope, objects: string[], name: string): Field | undefined {
	if (objects.length > 1) {
		const known = nameFields.find((one) => one.toLowerCase() === name.toLowerCase());
		if (known === undefined) return undefined;
		const type = org.schema.field('User', 'UserType');
		if (known === 'Type') return type && { ...type, name: 'Type' };
		const found = objects.map((object) => org.schema.field(object, known)).find(Boolean);
		return found ?? org.schema.field('User', known);
	}
	return org.schema.field(objects[0] ?? '', name);
}

/** The parent that the steps lead to. */
export function parentBy({ org }: Scope, row: Row, steps: readonly Step[]): Row | undefined {
	let at: Row | undefined = row;
	for (const { lookup } of steps) {
		const id: Value = at ? org.store.value(at, lookup.name) : null;
		at = typeof id === 'string' ? org.store.find(id) : undefined;
		if (!at) return undefined;
	}
	return at;
}
