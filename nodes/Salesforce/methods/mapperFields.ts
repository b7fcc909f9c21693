import type { INodePropertyOptions, ResourceMapperField } from 'n8n-workflow';
import type { FieldDescription, ObjectDescription } from '../transport/describe';

// The editor keeps all of it in the workflow.
const MOST_CHOICES = 300;
/** Of more, nobody reads the names. */
const MOST_REFERENCES = 3;

const TYPES: Record<string, ResourceMapperField['type']> = {
	boolean: 'boolean',
	int: 'number',
	long: 'number',
	double: 'number',
	currency: 'number',
	percent: 'number',
	date: 'dateTime',
	datetime: 'dateTime',
};

/** Made of the fields beside them, which are written in their place. */
const COMPOUND = new Set(['address', 'location']);

/** The fields of a new record. */
export const fieldsToCreate = (object: ObjectDescription): ResourceMapperField[] =>
	object.fields
		.filter((field) => field.createable && !COMPOUND.has(field.type))
		.map((field) => mapperField(object, field, { required: isRequired(object, field) }))
		.sort(requiredFirst);

/** The fields of a record that is there. */
export const fieldsToUpdate = (object: ObjectDescription): ResourceMapperField[] =>
	object.fields
		.filter((field) => field.updateable && !COMPOUND.has(field.type))
		.map((field) => mapperField(object, field))
		.sort(requiredFirst);

/**
 * The fields of a record that may be there or not. None of them can be required: those of a new record
 * are shown at first.
 * @param matched the field by whose value the record is found
 */
export const fieldsToUpsert = (
	object: ObjectDescription,
	matched: string | undefined,
): ResourceMapperField[] =>
	object.fields
		.filter((field) => (field.createable || field.updateable) && !COMPOUND.has(field.type))
		.filter(({ name }) => name.toLowerCase() !== matched?.toLowerCase())
		.map((field) => mapperField(object, field, { proposed: isRequired(object, field) }))
		.sort(requiredFirst);

/** Salesforce refuses a new record without it. */
function isRequired({ fields }: ObjectDescription, field: FieldDescription): boolean {
	// The name of a person stands in other fields.
	const isOfPerson = field.name === 'Name' && fields.some(({ name }) => name === 'IsPersonAccount');
	return field.createable && !field.nillable && !field.defaultedOnCreate && !isOfPerson;
}

interface Shown {
	required?: boolean;
	/** shown at first, but may be taken away */
	proposed?: boolean;
}

function mapperField(
	object: ObjectDescription,
	field: FieldDescription,
	{ required = false, proposed = false }: Shown = {},
): ResourceMapperField {
	const options = choicesOf(object, field);
	return {
		id: field.name,
		displayName: displayName(field, proposed),
		required,
		removed: !required && !proposed,
		defaultMatch: false,
		canBeUsedToMatch: field.externalId || field.idLookup,
		display: true,
		type: options ? 'options' : (TYPES[field.type] ?? 'string'),
		...(options && { options }),
	};
}

/** The editor shows nothing else of a field. */
function displayName(field: FieldDescription, proposed: boolean): string {
	const { name, label, type, referenceTo } = field;
	const isPlain = label.replace(/\W/g, '').toLowerCase() === name.toLowerCase();
	const remarks = [
		...(isPlain ? [] : [name]),
		...(type === 'reference' ? [referenceWords(referenceTo)] : []),
		...(type === 'multipicklist' ? ['values separated by ;'] : []),
		...(proposed ? ['required for new records'] : []),
	];
	return remarks.length > 0 ? `${label} (${remarks.join(', ')})` : label;
}

function referenceWords(objects: string[]): string {
	if (objects.length === 0 || objects.length > MOST_REFERENCES) return 'ID';
	return `ID of ${objects.join(' or ')}`;
}

function choicesOf(
	{ recordTypeInfos }: ObjectDescription,
	{ name, type, picklistValues }: FieldDescription,
): INodePropertyOptions[] | undefined {
	const choices =
		name === 'RecordTypeId' ? recordTypeChoices(recordTypeInfos) : picklistChoices(picklistValues);
	const isChosen = type === 'picklist' || name === 'RecordTypeId';
	return isChosen && choices.length > 0 && choices.length <= MOST_CHOICES ? choices : undefined;
}

const picklistChoices = (values: FieldDescription['picklistValues']): INodePropertyOptions[] =>
	values
		.filter(({ active }) => active)
		.map(({ label, value }) => ({ name: label ?? value, value }));

/** Record types that the user may give to a record. */
const recordTypeChoices = (infos: ObjectDescription['recordTypeInfos']): INodePropertyOptions[] =>
	infos
		.filter(({ active, available, master }) => active && available && !master)
		.map(({ name, recordTypeId }) => ({ name, value: recordTypeId }));

function requiredFirst(a: ResourceMapperField, b: ResourceMapperField): number {
	const isFirst = ({ removed }: ResourceMapperField) => (removed ? 1 : 0);
	return isFirst(a) - isFirst(b) || byLabel(a, b);
}

const byLabel = (a: ResourceMapperField, b: ResourceMapperField): number =>
	a.displayName.localeCompare(b.displayName, 'en', { sensitivity: 'base' });
