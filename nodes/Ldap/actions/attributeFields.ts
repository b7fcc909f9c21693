import type { INodeProperties } from 'n8n-workflow';
import type { Item } from '../../shared/node/defineOperation';
import { contentOf } from '../../shared/node/fileContent';
import { invalidInput } from '../../shared/resilience/failure';
import type { Attribute } from '../transport/entry';
import type { Schema } from '../transport/schema';
import { encodeValues } from '../transport/values/encodeValues';
import { sentAs } from '../transport/values/sentAs';

// How attributes are filled in: in rows, as JSON, and from files of the item.

export const attributeName = {
	displayName: 'Attribute Name or ID',
	name: 'attribute',
	type: 'options',
	typeOptions: {
		loadOptionsMethod: 'getAttributes',
		loadOptionsDependsOn: ['objectClasses'],
		condition: true,
	},
	default: '',
	description:
		'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
} as const satisfies INodeProperties;

export const attributeValue = {
	displayName: 'Value',
	name: 'value',
	type: 'string',
	typeOptions: { anyValue: true },
	default: '',
	description:
		'A text, a number, a date or true or false, as the attribute takes it. An expression may give a list for several values.',
} as const satisfies INodeProperties;

/** All of what is written; the same attribute in two rows has two values. */
export const attributesToWrite = {
	displayName: 'Attributes',
	name: 'attributes',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Attribute',
	default: {},
	description: 'The same attribute in several rows has several values',
	options: [{ displayName: 'Attribute', name: 'rows', values: [attributeName, attributeValue] }],
} as const satisfies INodeProperties;

export const attributesJsonField = {
	displayName: 'More Attributes (JSON)',
	name: 'attributesJson',
	type: 'json',
	default: '{}',
	placeholder: '{ "mail": ["anna@example.com", "a.meier@example.com"] }',
	description: 'Names and values as a JSON object, besides those above; a list for several values',
} as const satisfies INodeProperties;

/** Values that are in files of the item, such as photos. */
export const filesOption = {
	displayName: 'Values From Files',
	name: 'files',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add File',
	default: {},
	options: [
		{
			displayName: 'File',
			name: 'rows',
			values: [
				attributeName,
				{
					displayName: 'Input Data Field Name',
					name: 'binaryPropertyName',
					type: 'string',
					default: 'data',
					description: 'The name of the input binary field that contains the value',
				},
			],
		},
	],
	description: 'Attributes whose value is a file of the item, such as jpegPhoto',
} as const satisfies INodeProperties;

export interface GivenAttributes {
	attributes?: { rows?: Array<{ attribute: string; value: unknown }> };
	attributesJson?: unknown;
	files?: { rows?: Array<{ attribute: string; binaryPropertyName: string }> };
}

/** A value of an attribute that holds a file would not fit into memory many times over. */
const MOST_BYTES_OF_A_FILE = 64 * 1024 * 1024;

/**
 * What was filled in, as bytes. Attributes without a value (null, an empty text or list) are there
 * with none: whoever creates leaves them out, whoever updates removes them.
 * @throws Failure that names the field
 */
export async function givenAttributes(
	schema: Schema,
	{ attributes, attributesJson, files }: GivenAttributes,
	item: Item,
): Promise<Attribute[]> {
	const given = new Map<string, Attribute>();
	const add = (name: string, values: Buffer[]) => {
		if (name === '') throw invalidInput('An attribute has a value, but no name');
		const type = sentAs(schema, name);
		const known = given.get(type.toLowerCase());
		if (known) known.values = known.values.concat(values);
		else given.set(type.toLowerCase(), { type, values });
	};
	for (const { attribute, value } of attributes?.rows ?? [])
		add(attribute.trim(), valuesOf(schema, attribute.trim(), value));
	for (const [type, value] of Object.entries(namesAndValues(attributesJson)))
		add(type, valuesOf(schema, type, value));
	for (const { attribute, binaryPropertyName } of files?.rows ?? [])
		add(attribute, [await contentOf(await item.open(binaryPropertyName), MOST_BYTES_OF_A_FILE)]);
	return [...given.values()];
}

/** No value at all is meant by null, by an empty text and by an empty list. */
export const valuesOf = (schema: Schema, type: string, value: unknown): Buffer[] =>
	value === null || value === '' ? [] : encodeValues(schema, type, value);

/** @throws Failure where the JSON is no object */
export function namesAndValues(
	json: unknown,
	field: string = attributesJsonField.displayName,
): Record<string, unknown> {
	if (json === undefined || json === null || json === '') return {};
	if (typeof json === 'object' && !Array.isArray(json)) return { ...json };
	throw invalidInput(`"${field}" must be a JSON object of attributes and values`);
}
