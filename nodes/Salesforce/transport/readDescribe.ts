import type {
	ChildRelationship,
	FieldDescription,
	ObjectDescription,
	ObjectSummary,
	RecordTypeInfo,
} from './describe';

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

function pick<Whole extends object, Key extends keyof Whole>(
	whole: Whole,
	keys: readonly Key[],
): Pick<Whole, Key> {
	return Object.fromEntries(keys.map((key) => [key, whole[key]])) as Pick<Whole, Key>;
}

/** @param json answer of GET /sobjects */
export const readObjects = (json: unknown): ObjectSummary[] =>
	(json as { sobjects: ObjectSummary[] }).sobjects.map((one) => pick(one, SUMMARY));

/** @param json answer of GET /sobjects/NAME/describe */
export function readObject(json: unknown): ObjectDescription {
	const whole = json as ObjectDescription;
	return {
		...pick(whole, SUMMARY),
		fields: whole.fields.map((field) => ({
			...pick(field, FIELD),
			picklistValues: (field.picklistValues ?? []).map(({ value, label, active }) => ({
				value,
				label,
				active,
			})),
		})),
		childRelationships: (whole.childRelationships ?? []).map((child) => pick(child, CHILD)),
		recordTypeInfos: (whole.recordTypeInfos ?? []).map((info) => pick(info, RECORD_TYPE)),
	};
}
