import { hasJsonForm } from '../../../shared/ground/jsonForm';
import { invalidInput } from '../../../shared/resilience/failure';
import type { RecordRow } from './record';

/** A value of a field as JSON has it; an object is a parent by its external ID. */
export type Plain = string | number | boolean | null | { [field: string]: Plain };

/**
 * The fields to be written, by API name, with their values as JSON has them. Without `attributes`,
 * which Salesforce adds to what it returns, and without what is undefined.
 * @param leaveOut fields that are given elsewhere, in lower case
 * @throws Failure for a field that is given twice, and for a value that no field can hold
 */
export function plainFields({ fields }: RecordRow, leaveOut: string[]): Map<string, Plain> {
	const plain = new Map<string, Plain>();
	const names = new Map<string, string>();
	for (const [name, value] of Object.entries(fields)) {
		const lower = name.toLowerCase();
		if (value === undefined || lower === 'attributes' || leaveOut.includes(lower)) continue;
		const other = names.get(lower);
		if (other !== undefined) throw twice(other, name);
		names.set(lower, name);
		const [field, made] = parent(name, plainOf(value, name));
		plain.set(field, made);
	}
	return plain;
}

/** `Account.Ext__c` names a field of the parent. Without a value there is no parent. */
function parent(name: string, value: Plain): [string, Plain] {
	const dot = name.indexOf('.');
	const relation = dot > 0 ? name.slice(0, dot) : isParent(value) ? name : undefined;
	if (relation === undefined) return [name, value];
	const known = dot > 0 ? { [name.slice(dot + 1)]: value } : value;
	if (!isParent(known) || !isEmptied(known)) return [relation, known];
	return [lookupOf(relation), null];
}

export const isParent = (value: Plain): value is { [field: string]: Plain } =>
	typeof value === 'object' && value !== null;

const isEmptied = (known: { [field: string]: Plain }) =>
	Object.entries(known).every(
		([field, one]) => field === 'attributes' || one === null || one === '',
	);

/**
 * The lookup field of a relationship: "Account" is that of AccountId, "Parent__r" that of Parent__c.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_custom_objects.htm
 */
const lookupOf = (relation: string) =>
	/__r$/i.test(relation) ? relation.replace(/r$/i, 'c') : `${relation}Id`;

function plainOf(value: unknown, field: string): Plain {
	if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
	if (typeof value === 'number' && Number.isFinite(value)) return value;
	if (typeof value === 'bigint') return String(value);
	if (typeof value === 'number') throw unfit(String(value), field);
	if (typeof value !== 'object' || (value instanceof Date && Number.isNaN(value.getTime())))
		throw unfit(value, field);
	// Dates are written as ISO 8601, those of n8n's expressions as well.
	if (hasJsonForm(value)) return plainOf(value.toJSON(), field);
	// A multi-select picklist has its values separated by semicolons.
	if (Array.isArray(value)) return value.map((one) => texted(one, field)).join(';');
	const members = Object.entries(value).filter(([, one]) => one !== undefined);
	return Object.fromEntries(
		members.map(([name, one]: [string, unknown]) => [
			name,
			name === 'attributes' ? typeOnly(one) : plainOf(one, `${field}.${name}`),
		]),
	);
}

function texted(value: unknown, field: string): string {
	const plain = plainOf(value, field);
	if (plain === null || isParent(plain)) throw unfit(value, field);
	return String(plain);
}

/** Of the parent's attributes the address is of no use, and refused for some objects. */
const typeOnly = (attributes: unknown): Plain =>
	typeof attributes === 'object' && attributes !== null && 'type' in attributes
		? { type: String(attributes.type) }
		: {};

const twice = (first: string, second: string) =>
	invalidInput(
		first === second ? `"${first}" is given twice` : `"${first}" and "${second}" are one field`,
		'Names of fields are the same in upper and in lower case: leave one of them out.',
	);

const unfit = (value: unknown, field: string) =>
	invalidInput(
		`"${field}" is ${value instanceof Date ? String(value) : (JSON.stringify(value) ?? typeof value)}, which no field can hold`,
		'Correct the value: a text, a number, true or false, a date, or null to empty the field.',
	);

/** @returns the record as one line of JSON: where Salesforce names a line, it is this record */
export function jsonRecord(row: RecordRow): string {
	const { object, id, externalId } = row;
	const leaveOut = ['id', ...(externalId ? [externalId.field.toLowerCase()] : [])];
	const fields = plainFields(row, id === undefined && !externalId ? [] : leaveOut);
	return JSON.stringify({
		attributes: { type: object },
		...(id !== undefined && { Id: id }),
		...(externalId && { [externalId.field]: externalId.value }),
		...Object.fromEntries(fields),
	});
}
