import { invalidInput } from '../../../shared/resilience/failure';
import { checkEntry } from '../../transport/checkEntry';
import { parseDn } from '../../transport/dn';
import type { Attribute } from '../../transport/entry';
import type { LdifRecord } from '../../transport/ldif';
import type { Schema } from '../../transport/schema';
import type { Status } from './outcomes';

/** Whether the server is likely to do it, without asking it. @throws Failure that says why not */
export function checkRecord(record: LdifRecord, schema: Schema): Status {
	if (record.type === 'invalid') throw record.failure;
	if (schema.attributeTypes.length === 0) return 'valid';
	if ('attributes' in record) {
		checkWritable(record.attributes, schema);
		checkEntry(schema, withRdn(record.dn, record.attributes));
	}
	if (record.type === 'modify') checkWritable(record.changes, schema);
	return 'valid';
}

function checkWritable(attributes: Array<Pick<Attribute, 'type'>>, schema: Schema): void {
	for (const { type } of attributes) {
		const attribute = schema.attributeType(type);
		if (!attribute) throw invalidInput(`The server has no attribute "${type}"`);
		if (!attribute.noUserModification) continue;
		throw invalidInput(
			`"${type}" cannot be written: the server itself keeps it`,
			'Export the entries without operational attributes.',
		);
	}
}

/** Servers add the values of the RDN where they are missing. */
function withRdn(dn: string, attributes: Attribute[]): Attribute[] {
	const given = new Set(attributes.map(({ type }) => type.toLowerCase()));
	const ofRdn = parseDn(dn)[0] ?? [];
	return [
		...attributes,
		...ofRdn
			.filter(({ type }) => !given.has(type.toLowerCase()))
			.map(({ type, value }) => ({ type, values: [value] })),
	];
}
