import type { Row, Value } from '../store/row.ts';

export type FieldType =
	| 'id'
	| 'string'
	| 'textarea'
	| 'picklist'
	| 'multipicklist'
	| 'combobox'
	| 'reference'
	| 'boolean'
	| 'int'
	| 'double'
	| 'currency'
	| 'percent'
	| 'date'
	| 'datetime'
	| 'time'
	| 'email'
	| 'phone'
	| 'url'
	| 'base64'
	| 'address'
	| 'location'
	| 'encryptedstring';

export interface PicklistValue {
	active: boolean;
	defaultValue: boolean;
	label: string;
	validFor: null;
	value: string;
}

/** A field as `describe` tells of it. */
export interface FieldDescription {
	aggregatable: boolean;
	aiPredictionField: boolean;
	autoNumber: boolean;
	byteLength: number;
	calculated: boolean;
	calculatedFormula: string | null;
	cascadeDelete: boolean;
	caseSensitive: boolean;
	compoundFieldName: string | null;
	controllerName: string | null;
	createable: boolean;
	custom: boolean;
	defaultValue: Value;
	defaultValueFormula: string | null;
	defaultedOnCreate: boolean;
	dependentPicklist: boolean;
	deprecatedAndHidden: boolean;
	digits: number;
	displayLocationInDecimal: boolean;
	encrypted: boolean;
	externalId: boolean;
	extraTypeInfo: string | null;
	filterable: boolean;
	filteredLookupInfo: null;
	formulaTreatNullNumberAsZero: boolean;
	groupable: boolean;
	highScaleNumber: boolean;
	htmlFormatted: boolean;
	idLookup: boolean;
	inlineHelpText: string | null;
	label: string;
	length: number;
	mask: null;
	maskType: null;
	name: string;
	nameField: boolean;
	namePointing: boolean;
	nillable: boolean;
	permissionable: boolean;
	picklistValues: PicklistValue[];
	polymorphicForeignKey: boolean;
	precision: number;
	queryByDistance: boolean;
	referenceTargetField: string | null;
	referenceTo: string[];
	relationshipName: string | null;
	relationshipOrder: number | null;
	restrictedDelete: boolean;
	restrictedPicklist: boolean;
	scale: number;
	searchPrefilterable: boolean;
	soapType: string;
	sortable: boolean;
	type: FieldType;
	unique: boolean;
	updateable: boolean;
	writeRequiresMasterRead: boolean;
}

/** A field with what `describe` does not tell. */
export interface Field extends FieldDescription {
	/** The value of a formula; the field is not stored then. */
	compute?: (row: Row, find: (id: string) => Row | undefined) => Value;
	/** Name of the relationship from the parent to its children. */
	childRelationship?: string;
}
