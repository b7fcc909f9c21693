import { createHash } from 'node:crypto';
import avsc from 'avsc';
import type { ObjectType } from '../schema/objectType.ts';
import {
	changeFields,
	compoundParts,
	isCompound,
	platformFields,
	type EventBody,
	type EventField,
} from './eventField.ts';

/** What the events of a topic look like at one time. */
export interface EventSchema {
	/** 22 characters; another one for every other schema. */
	id: string;
	/** Avro, as GetSchema answers it. */
	json: string;
	/** Of the record or the platform event, in the order of the schema; without the header. */
	fields: EventField[];
	encode(payload: Record<string, unknown>): Buffer;
	/** @throws Error for what does not fit the schema */
	decode(bytes: Buffer): EventBody;
}

export const changeTypes = [
	'CREATE',
	'UPDATE',
	'DELETE',
	'UNDELETE',
	'GAP_CREATE',
	'GAP_UPDATE',
	'GAP_DELETE',
	'GAP_UNDELETE',
	'GAP_OVERFLOW',
	'SNAPSHOT',
] as const;

const strings = { type: 'array', items: 'string' };

/** https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_event_fields_header.htm */
const header = {
	name: 'ChangeEventHeader',
	type: {
		type: 'record',
		name: 'ChangeEventHeader',
		fields: [
			{ name: 'entityName', type: 'string' },
			{ name: 'recordIds', type: strings },
			{ name: 'changeType', type: { type: 'enum', name: 'ChangeType', symbols: changeTypes } },
			{ name: 'changeOrigin', type: 'string' },
			{ name: 'transactionKey', type: 'string' },
			{ name: 'sequenceNumber', type: 'int' },
			{ name: 'commitTimestamp', type: 'long' },
			{ name: 'commitNumber', type: 'long' },
			{ name: 'commitUser', type: 'string' },
			{ name: 'nulledFields', type: strings },
			{ name: 'diffFields', type: strings },
			{ name: 'changedFields', type: strings },
		],
	},
	doc: 'Data:ComplexValueType',
};

/** "Account" to "AccountChangeEvent", "Invoice__c" to "Invoice__ChangeEvent". */
export const changeEventName = (object: string): string =>
	object.endsWith('__c') ? object.replace(/__c$/, '__ChangeEvent') : `${object}ChangeEvent`;

/** The schema of the change events of an object as it is now. */
export function changeSchema(object: ObjectType): EventSchema {
	const fields = changeFields(object);
	return schemaOf(changeEventName(object.name), [header, ...avroFields(fields)], fields);
}

/** The schema of a platform event as it is now. */
export function platformSchema(object: ObjectType): EventSchema {
	const fields = platformFields(object);
	const made = [
		{ name: 'CreatedDate', type: 'long', doc: 'CreatedDate:DateTime' },
		{ name: 'CreatedById', type: 'string', doc: 'CreatedBy:EntityId' },
	];
	return schemaOf(object.name, [...made, ...avroFields(fields)], fields);
}

/** Named types are written out where they stand first, as Salesforce does. */
function avroFields(fields: EventField[]): object[] {
	const known = new Set<string>();
	return fields.map(({ name, type, doc }) => {
		const first = isCompound(type) && !known.has(type);
		known.add(type);
		const shown = first && isCompound(type) ? compoundRecord(type) : type;
		return { name, type: ['null', shown], doc, default: null };
	});
}

const compoundRecord = (name: keyof typeof compoundParts) => ({
	type: 'record',
	name,
	fields: compoundParts[name].map(([part, type]) => ({
		name: part,
		type: ['null', type],
		default: null,
	})),
});

function schemaOf(name: string, avro: object[], fields: EventField[]): EventSchema {
	const schema = { type: 'record', name, namespace: 'com.sforce.eventbus', fields: avro };
	const json = JSON.stringify(schema);
	const id = createHash('md5').update(json).digest('base64url');
	const nothing = Object.fromEntries(fields.map((field) => [field.name, null]));
	const type = avsc.Type.forSchema(JSON.parse(json), { wrapUnions: false });
	return {
		id,
		json,
		fields,
		encode: (payload) => type.toBuffer({ ...nothing, ...payload }),
		decode: (bytes) => ({ ...type.fromBuffer(bytes) }),
	};
}
