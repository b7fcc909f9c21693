import { Failure } from '../../shared/resilience/failure';
import type { AttributeType, Schema } from './schema';

/** An attribute of an object class. A server may name one whose definition it does not show. */
export type ClassAttribute = Partial<AttributeType> & {
	names: string[];
	/** whether entries of the class must have it */
	required: boolean;
};

/** What entries of this class must and may have. */
export function attributesOfClass(schema: Schema, nameOrOid: string): ClassAttribute[] {
	const found = schema.objectClass(nameOrOid);
	if (!found)
		throw new Failure({
			kind: 'invalid',
			phase: 'rejected',
			code: 'NO_SUCH_CLASS',
			message: `The server has no object class "${nameOrOid}"`,
			hint: 'Check the spelling, or list the object classes first.',
		});
	const rows = (names: string[], required: boolean) =>
		names.map((name) => ({ names: [name], ...schema.attributeType(name), required }));
	return [...rows(found.must, true), ...rows(found.may, false)];
}

interface Named {
	oid?: string;
	names: string[];
	description?: string;
}

/** Whether a definition has this text in a name or in its description, or is the one of this OID. */
export function matching(search: string): (definition: Named) => boolean {
	const wanted = search.trim().toLowerCase();
	return ({ oid, names, description = '' }) =>
		oid === wanted || [...names, description].some((text) => text.toLowerCase().includes(wanted));
}
