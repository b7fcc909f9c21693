/** A field of an object, as describe gives it: what the node uses of it. */
export interface FieldDescription {
	name: string;
	label: string;
	/**
	 * "string", "picklist", "multipicklist", "reference", "boolean", "int", "long", "double", "currency",
	 * "percent", "date", "datetime", "time", "id", "email", "phone", "url", "textarea",
	 * "encryptedstring", "combobox", "base64", "address", "location", "anyType", "complexvalue", "json" ...
	 */
	type: string;
	length: number;
	createable: boolean;
	updateable: boolean;
	nillable: boolean;
	defaultedOnCreate: boolean;
	externalId: boolean;
	idLookup: boolean;
	filterable: boolean;
	sortable: boolean;
	calculated: boolean;
	unique: boolean;
	nameField: boolean;
	custom: boolean;
	compoundFieldName: string | null;
	relationshipName: string | null;
	referenceTo: string[];
	picklistValues: Array<{ value: string; label: string | null; active: boolean }>;
	restrictedPicklist: boolean;
	inlineHelpText: string | null;
}

export interface ChildRelationship {
	childSObject: string;
	field: string;
	relationshipName: string | null;
}

export interface RecordTypeInfo {
	recordTypeId: string;
	name: string;
	developerName: string;
	active: boolean;
	available: boolean;
	master: boolean;
	defaultRecordTypeMapping: boolean;
}

export interface ObjectSummary {
	name: string;
	label: string;
	labelPlural: string;
	keyPrefix: string | null;
	custom: boolean;
	createable: boolean;
	updateable: boolean;
	deletable: boolean;
	undeletable: boolean;
	queryable: boolean;
	searchable: boolean;
	retrieveable: boolean;
	replicateable: boolean;
	triggerable: boolean;
	mergeable: boolean;
	/** has pages of its own: people know it, unlike histories, shares and change events */
	layoutable: boolean;
	deprecatedAndHidden: boolean;
}

export interface ObjectDescription extends ObjectSummary {
	fields: FieldDescription[];
	childRelationships: ChildRelationship[];
	recordTypeInfos: RecordTypeInfo[];
}
