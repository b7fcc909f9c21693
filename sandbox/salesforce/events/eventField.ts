import type { Field, FieldType } from '../schema/field.ts';
import type { ObjectType } from '../schema/objectType.ts';
import type { Value } from '../store/row.ts';

/** What an event carries of a record, by field. A compound field holds its parts. */
export type EventValue = string | number | boolean | null | { [part: string]: EventValue };

export type EventBody = Record<string, EventValue>;

/** A field of an event. */
export interface EventField {
	/** As in the event: "Name", "BillingAddress". */
	name: string;
	/** Avro type without the null. */
	type: 'string' | 'boolean' | 'int' | 'long' | 'double' | CompoundType;
	/** Salesforce's own name of the type, with the part in front that it writes: "Data:Text". */
	doc: string;
	/** Field of the record that a plain one shows. */
	field?: Field;
	/** Of a compound one: name in the event -> field of the record. */
	parts: Array<{ name: string; type: EventField['type']; field?: Field }>;
}

type CompoundType = 'PersonName' | 'Address' | 'Location';

const kinds: Record<FieldType, { type: EventField['type']; doc: string }> = {
	id: { type: 'string', doc: 'Data:EntityId' },
	string: { type: 'string', doc: 'Data:Text' },
	textarea: { type: 'string', doc: 'Data:StringPlusClob' },
	picklist: { type: 'string', doc: 'Data:DynamicEnum' },
	multipicklist: { type: 'string', doc: 'Data:MultiEnum' },
	combobox: { type: 'string', doc: 'Data:EnumOrId' },
	reference: { type: 'string', doc: 'ForeignKey:EntityId' },
	boolean: { type: 'boolean', doc: 'Data:Boolean' },
	int: { type: 'int', doc: 'Data:Integer' },
	double: { type: 'double', doc: 'Data:Double' },
	currency: { type: 'double', doc: 'Data:Currency' },
	percent: { type: 'double', doc: 'Data:Percent' },
	date: { type: 'long', doc: 'Data:DateOnly' },
	datetime: { type: 'long', doc: 'Data:DateTime' },
	time: { type: 'long', doc: 'Data:TimeOnly' },
	email: { type: 'string', doc: 'Data:Email' },
	phone: { type: 'string', doc: 'Data:Phone' },
	url: { type: 'string', doc: 'Data:Url' },
	base64: { type: 'string', doc: 'Data:Base64' },
	address: { type: 'Address', doc: 'Data:Address' },
	location: { type: 'Location', doc: 'Data:Location' },
	encryptedstring: { type: 'string', doc: 'Data:EncryptedText' },
};

/** The fields of the Avro records of compound fields, in their order. */
export const compoundParts: Record<CompoundType, ReadonlyArray<[string, 'string' | 'double']>> = {
	PersonName: [
		['Salutation', 'string'],
		['FirstName', 'string'],
		['LastName', 'string'],
	],
	Address: [
		['Street', 'string'],
		['City', 'string'],
		['State', 'string'],
		['PostalCode', 'string'],
		['Country', 'string'],
		['StateCode', 'string'],
		['CountryCode', 'string'],
		['Latitude', 'double'],
		['Longitude', 'double'],
		['GeocodeAccuracy', 'string'],
	],
	Location: [
		['Latitude', 'double'],
		['Longitude', 'double'],
	],
};

export const isCompound = (type: EventField['type']): type is CompoundType => type in compoundParts;

/** What change events leave out: what follows from the rest, and what only the database needs. */
const leftOut = ['Id', 'IsDeleted', 'SystemModstamp', 'LastViewedDate', 'LastReferencedDate'];

/** The fields that change events of an object have behind the header, in the order of the bitmaps. */
export function changeFields({ fields }: ObjectType): EventField[] {
	return fields.flatMap((field) => {
		if (leftOut.includes(field.name) || field.compoundFieldName) return [];
		const own = fields.filter(({ compoundFieldName }) => compoundFieldName === field.name);
		if (own.length > 0) return [compound(field, own)];
		return field.calculated || field.type === 'base64' ? [] : [plain(field)];
	});
}

/** The fields that a platform event carries beside when it was made and by whom. */
export const platformFields = ({ fields }: ObjectType): EventField[] =>
	fields.filter(({ custom }) => custom).map(plain);

function plain(field: Field): EventField {
	const { type, doc } = kinds[field.type];
	const shown = field.name === 'CreatedDate' ? 'CreatedDate:DateTime' : doc;
	return { name: field.name, type, doc: shown, field, parts: [] };
}

function compound(field: Field, own: Field[]): EventField {
	const { type, doc } =
		field.name === 'Name'
			? ({ type: 'PersonName', doc: 'Data:PersonName' } as const)
			: kinds[field.type];
	const names = isCompound(type) ? compoundParts[type] : [];
	return {
		name: field.name,
		type,
		doc,
		parts: names.map(([name, partType]) => ({
			name,
			type: partType,
			field: own.find((one) => one.name.replace(/__s$/, '').endsWith(name)),
		})),
	};
}

/** A value of a record as events carry it: moments and days in milliseconds. */
export function eventValue(field: Field | undefined, value: Value | undefined): EventValue {
	if (value === null || value === undefined || typeof value === 'object') return null;
	if (typeof value !== 'string') return value;
	if (field?.type === 'date' || field?.type === 'datetime') return Date.parse(value);
	if (field?.type === 'time') return Date.parse(`1970-01-01T${value}`);
	return value;
}

/** The values of an event as CometD shows them: moments as text, most often without what is null. */
export function shownValues(
	fields: readonly EventField[],
	body: EventBody,
	{ nulls }: { nulls: boolean },
): EventBody {
	const shown: EventBody = {};
	for (const { name, field } of fields) {
		const value = body[name];
		if (value === undefined || (value === null && !nulls)) continue;
		shown[name] = typeof value === 'number' ? shownNumber(field, value) : value;
	}
	return shown;
}

function shownNumber(field: Field | undefined, value: number): string | number {
	const text = () => new Date(value).toISOString();
	if (field?.type === 'date') return text().slice(0, 10);
	if (field?.type === 'time') return text().slice(11);
	return field?.type === 'datetime' ? text() : value;
}
