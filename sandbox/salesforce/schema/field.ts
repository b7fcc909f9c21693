import type { Row } from '../store/row.ts';
import type { Field, FieldType } from './fieldDescription.ts';

export type { Field, FieldDescription, FieldType, PicklistValue } from './fieldDescription.ts';

type Options = Partial<Field>;

const soapTypes: Partial<Record<FieldType, string>> = {
	id: 'tns:ID',
	reference: 'tns:ID',
	boolean: 'xsd:boolean',
	int: 'xsd:int',
	double: 'xsd:double',
	currency: 'xsd:double',
	percent: 'xsd:double',
	date: 'xsd:date',
	datetime: 'xsd:dateTime',
	time: 'xsd:time',
	base64: 'xsd:base64Binary',
	address: 'urn:address',
	location: 'urn:location',
};

/** "BillingCity" to "Billing City", "Due_Date__c" to "Due Date". */
function labelOf(name: string): string {
	const plain = name.replace(/__c$/, '').replace(/(?<=[a-z])Id$/, ' ID');
	return plain
		.replaceAll('_', ' ')
		.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
		.replace(/ {2,}/g, ' ');
}

/** A field of a type with what is usual for such a field. */
export function field(type: FieldType, name: string, options: Options = {}): Field {
	const length = options.length ?? 0;
	const unordered = type === 'address' || type === 'location' || type === 'base64';
	const long = type === 'textarea' && length > 255;
	return {
		aggregatable: !unordered && !long && type !== 'boolean' && type !== 'multipicklist',
		aiPredictionField: false,
		autoNumber: false,
		byteLength: length * 3,
		calculated: options.compute !== undefined,
		calculatedFormula: null,
		cascadeDelete: false,
		caseSensitive: false,
		compoundFieldName: null,
		controllerName: null,
		createable: options.compute === undefined && !(type === 'address' || type === 'location'),
		custom: name.endsWith('__c'),
		defaultValue: type === 'boolean' ? false : null,
		defaultValueFormula: null,
		defaultedOnCreate: type === 'boolean',
		dependentPicklist: false,
		deprecatedAndHidden: false,
		digits: 0,
		displayLocationInDecimal: false,
		encrypted: false,
		externalId: false,
		extraTypeInfo: null,
		filterable: !unordered && !long,
		filteredLookupInfo: null,
		formulaTreatNullNumberAsZero: false,
		groupable: !unordered && !long && !['double', 'currency', 'percent', 'datetime'].includes(type),
		highScaleNumber: false,
		htmlFormatted: false,
		idLookup: options.externalId ?? false,
		inlineHelpText: null,
		label: labelOf(name),
		length,
		mask: null,
		maskType: null,
		name,
		nameField: false,
		namePointing: (options.referenceTo?.length ?? 0) > 1,
		nillable: type !== 'boolean',
		permissionable: options.nillable !== false && type !== 'boolean',
		picklistValues: [],
		polymorphicForeignKey: (options.referenceTo?.length ?? 0) > 1,
		precision: 0,
		queryByDistance: type === 'location',
		referenceTargetField: null,
		referenceTo: [],
		relationshipName: null,
		relationshipOrder: null,
		restrictedDelete: false,
		restrictedPicklist: false,
		scale: 0,
		searchPrefilterable: type === 'reference',
		soapType: soapTypes[type] ?? 'xsd:string',
		sortable: !unordered && !long && type !== 'multipicklist',
		type,
		unique: false,
		updateable: options.compute === undefined && !(type === 'address' || type === 'location'),
		writeRequiresMasterRead: false,
		...options,
	};
}

export const readOnly = { createable: false, updateable: false } as const;
export const required = { nillable: false } as const;

export const text = (name: string, length: number, options?: Options) =>
	field('string', name, { length, ...options });
export const area = (name: string, length: number, options?: Options) =>
	field('textarea', name, { length, ...options });
export const flag = (name: string, options?: Options) => field('boolean', name, options);
export const date = (name: string, options?: Options) => field('date', name, options);
export const datetime = (name: string, options?: Options) => field('datetime', name, options);
export const email = (name: string, options?: Options) =>
	field('email', name, { length: 80, ...options });
export const phone = (name: string, options?: Options) =>
	field('phone', name, { length: 40, ...options });
export const url = (name: string, options?: Options) =>
	field('url', name, { length: 255, ...options });
export const int = (name: string, options?: Options) =>
	field('int', name, { digits: 8, ...options });
export const double = (name: string, precision: number, scale: number, options?: Options) =>
	field('double', name, { precision, scale, ...options });
export const currency = (name: string, options?: Options) =>
	field('currency', name, { precision: 18, scale: 2, ...options });
export const percent = (name: string, options?: Options) =>
	field('percent', name, { precision: 3, scale: 0, ...options });
export const base64 = (name: string, options?: Options) => field('base64', name, options);

/** A picklist; "*" before a value marks the default. */
export function picklist(name: string, values: string[], options: Options = {}): Field {
	const picklistValues = values.map((given) => {
		const value = given.replace(/^\*/, '');
		const defaultValue = given.startsWith('*');
		return { active: true, defaultValue, label: value, validFor: null, value };
	});
	const usual = picklistValues.find(({ defaultValue }) => defaultValue)?.value ?? null;
	return field(options.type ?? 'picklist', name, {
		length: options.type === 'multipicklist' ? 4099 : 255,
		picklistValues,
		defaultValue: usual,
		defaultedOnCreate: usual !== null,
		...options,
	});
}

/** A lookup: `AccountId` has the relationship "Account", `Account__c` has "Account__r". */
export function lookup(name: string, to: string[], options: Options = {}): Field {
	const relationshipName = name.endsWith('__c')
		? name.replace(/__c$/, '__r')
		: name.replace(/Id$/, '');
	return field('reference', name, { length: 18, referenceTo: to, relationshipName, ...options });
}

/** The parts of an address and the compound field that shows them together. */
export function address(prefix: string): Field[] {
	const compoundFieldName = `${prefix}Address`;
	const part = { compoundFieldName };
	return [
		area(`${prefix}Street`, 255, part),
		text(`${prefix}City`, 40, part),
		text(`${prefix}State`, 80, part),
		text(`${prefix}PostalCode`, 20, part),
		text(`${prefix}Country`, 80, part),
		field('double', `${prefix}Latitude`, { precision: 18, scale: 15, ...part }),
		field('double', `${prefix}Longitude`, { precision: 18, scale: 15, ...part }),
		field('address', compoundFieldName, { ...readOnly, compute: addressOf(prefix) }),
	];
}

const addressOf = (prefix: string) => (row: Row) => {
	const parts = ['Street', 'City', 'State', 'PostalCode', 'Country', 'Latitude', 'Longitude'];
	const values = parts.map((part) => row.values[`${prefix}${part}`] ?? null);
	if (values.every((value) => value === null)) return null;
	const [street, city, state, postalCode, country, latitude, longitude] = values;
	return {
		city,
		country,
		geocodeAccuracy: null,
		latitude,
		longitude,
		postalCode,
		state,
		street,
	};
};
