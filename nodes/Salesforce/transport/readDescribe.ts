import type {
	ChildRelationship,
	FieldDescription,
	ObjectDescription,
	ObjectSummary,
	RecordTypeInfo,
} from './describe';
import { unreadable } from './failure';

// Of what describe gives, the node uses a quarter.
const SUMMARY = [
	'name',
	'label',
	'labelPlural',
	'keyPrefix',
	'custom',
	'createable',
	'updateable',
	'deletable',
	'undeletable',
	'queryable',
	'searchable',
	'retrieveable',
	'replicateable',
	'triggerable',
	'mergeable',
	'layoutable',
	'deprecatedAndHidden',
] as const satisfies Array<keyof ObjectSummary>;

const FIELD = [
	'name',
	'label',
	'type',
	'length',
	'createable',
	'updateable',
	'nillable',
	'defaultedOnCreate',
	'externalId',
	'idLookup',
	'filterable',
	'sortable',
	'calculated',
	'unique',
	'nameField',
	'custom',
	'compoundFieldName',
	'relationshipName',
	'referenceTo',
	'restrictedPicklist',
	'inlineHelpText',
] as const satisfies Array<keyof FieldDescription>;

const CHILD = ['childSObject', 'field', 'relationshipName'] as const satisfies Array<
	keyof ChildRelationship
>;

const RECORD_TYPE = [
	'recordTypeId',
	'name',
	'developerName',
	'active',
	'available',
	'master',
	'defaultRecordTypeMapping',
] as const satisfies Array<keyof RecordTypeInfo>;

const isDescription = (json: unknown): json is ObjectDescription =>
	hasList<'fields', FieldDescription>(json, 'fields');

const hasList = <Name extends string, One>(
	json: unknown,
	name: Name,
): json is Record<Name, One[]> =>
	typeof json === 'object' &&
	json !== null &&
	name in json &&
	Array.isArray((json as Record<Name, unknown>)[name]);

const noDescription = (json: unknown) =>
	unreadable(200, JSON.stringify(json) ?? '', 'not what describes an object');

function pick<Whole extends object, Key extends keyof Whole>(
	whole: Whole,
	keys: readonly Key[],
): Pick<Whole, Key> {
	return Object.fromEntries(keys.map((key) => [key, whole[key]])) as Pick<Whole, Key>;
}

/** @param json answer of GET /sobjects */
export function readObjects(json: unknown): ObjectSummary[] {
	if (!hasList<'sobjects', ObjectSummary>(json, 'sobjects')) throw noDescription(json);
	return json.sobjects.map((one) => pick(one, SUMMARY));
}

/** The same with everything in it. */
export function wholeObject(json: unknown): Record<string, unknown> {
	if (!isDescription(json)) throw noDescription(json);
	return { ...json };
}

/** @param json answer of GET /sobjects/NAME/describe */
export function readObject(json: unknown): ObjectDescription {
	if (!isDescription(json)) throw noDescription(json);
	return {
		...pick(json, SUMMARY),
		fields: json.fields.map((field) => ({
			...pick(field, FIELD),
			picklistValues: (field.picklistValues ?? []).map(({ value, label, active }) => ({
				value,
				label,
				active,
			})),
		})),
		childRelationships: (json.childRelationships ?? []).map((child) => pick(child, CHILD)),
		recordTypeInfos: (json.recordTypeInfos ?? []).map((info) => pick(info, RECORD_TYPE)),
	};
}
