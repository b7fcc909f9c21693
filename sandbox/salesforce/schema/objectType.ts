import type { Row } from '../store/row.ts';
import { datetime, field, flag, lookup, readOnly, type Field } from './field.ts';

export interface RecordType {
	name: string;
	developerName: string;
}

/** A rule of the org that a record must keep. */
export interface ValidationRule {
	/** The message when the rule is broken, else undefined. */
	broken(row: Row, before: Row | undefined): string | undefined;
	/** Field the message stands at; the top of the page when absent. */
	field?: string;
}

/** Records that look the same to a duplicate rule have the same key. */
export interface DuplicateRule {
	name: string;
	matchingRule: string;
	message: string;
	keyOf(row: Row): string | undefined;
}

/** An object of the org. */
export interface ObjectType {
	name: string;
	label: string;
	labelPlural: string;
	keyPrefix: string | null;
	custom: boolean;
	createable: boolean;
	updateable: boolean;
	deletable: boolean;
	queryable: boolean;
	searchable: boolean;
	replicateable: boolean;
	undeletable: boolean;
	fields: Field[];
	recordTypes: RecordType[];
	/** Field with the name of a record. */
	nameField?: string;
	validationRules: ValidationRule[];
	duplicateRules: DuplicateRule[];
	/** Whether leads or cases are handed to `assignTo` by an active assignment rule. */
	assignmentRule?: { id: string; ownerId: string };
	/** Format of the numbers that `nameField` or another field counts up, such as "INV-{00000}". */
	autoNumber?: { field: string; format: string };
}

type ObjectOptions = Partial<Omit<ObjectType, 'fields' | 'name' | 'keyPrefix'>> & {
	/** Whether records have an owner. */
	owned?: boolean;
	ownerTo?: string[];
	/** Whether records have no times and no users (objects of the system). */
	bare?: boolean;
};

const auditFields = (): Field[] => [
	flag('IsDeleted', { ...readOnly, label: 'Deleted' }),
	datetime('CreatedDate', { ...readOnly, nillable: false, defaultedOnCreate: true }),
	lookup('CreatedById', ['User'], { ...readOnly, nillable: false, defaultedOnCreate: true }),
	datetime('LastModifiedDate', { ...readOnly, nillable: false, defaultedOnCreate: true }),
	lookup('LastModifiedById', ['User'], { ...readOnly, nillable: false, defaultedOnCreate: true }),
	datetime('SystemModstamp', { ...readOnly, nillable: false, defaultedOnCreate: true }),
];

/** An object with the fields that every object has. */
export function objectType(
	name: string,
	keyPrefix: string | null,
	fields: Field[],
	options: ObjectOptions = {},
): ObjectType {
	const { owned = true, bare = false, ownerTo = ['User', 'Group'], ...given } = options;
	const id = field('id', 'Id', {
		...readOnly,
		length: 18,
		label: `${name} ID`,
		nillable: false,
		defaultedOnCreate: true,
		idLookup: true,
	});
	const owner = lookup('OwnerId', ownerTo, { nillable: false, defaultedOnCreate: true });
	const label = given.label ?? name.replace(/__[ce]$/, '').replace(/([a-z])([A-Z])/g, '$1 $2');
	return {
		name,
		label,
		labelPlural: label.endsWith('y') ? `${label.slice(0, -1)}ies` : `${label}s`,
		keyPrefix,
		custom: /__[ce]$/.test(name),
		createable: true,
		updateable: true,
		deletable: true,
		queryable: true,
		searchable: false,
		replicateable: true,
		undeletable: true,
		recordTypes: [],
		nameField: fields.find(({ nameField }) => nameField)?.name,
		validationRules: [],
		duplicateRules: [],
		...given,
		fields: [
			id,
			...(owned ? [owner] : []),
			...fields,
			...(given.recordTypes?.length ? [lookup('RecordTypeId', ['RecordType'])] : []),
			...(bare ? [] : auditFields()),
		],
	};
}

export const readOnlyObject = {
	createable: false,
	updateable: false,
	deletable: false,
	undeletable: false,
	owned: false,
} as const;
