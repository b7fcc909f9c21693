import { Failure, invalidInput } from '../../../shared/resilience/failure';
import type { FieldDescription, ObjectDescription } from '../describe';
import { fieldNamed, unknownField } from '../describedNames';
import type { FieldOf } from './conditions';
import type { TypedField } from './literal';
import { fieldPath } from './names';

/** @param fields some that it should have: an object that is known already may be older than they are */
export type Describe = (object: string, fields: string[]) => Promise<ObjectDescription>;

/**
 * Of what type the fields of these paths are, through any number of parents.
 * @throws Failure that names the object, and fields that may have been meant
 */
export async function fieldTypes(
	describe: Describe,
	object: string,
	paths: string[],
): Promise<FieldOf> {
	const known = new Map<string, TypedField>();
	for (const path of paths.map(fieldPath)) {
		const key = path.toLowerCase();
		if (!known.has(key))
			known.set(key, { ...(await resolved(describe, object, path)), name: path });
	}
	return (path) => {
		const field = known.get(path.toLowerCase());
		if (field) return field;
		throw invalidInput(`Nobody has looked up the type of "${path}"`);
	};
}

async function resolved(describe: Describe, object: string, path: string): Promise<TypedField> {
	const [first = '', ...rest] = path.split('.');
	if (rest.length === 0) {
		const description = await describe(object, [first]);
		const field = fieldNamed(description, first);
		if (field) return field;
		throw unknownField(description, first);
	}
	const below = rest.join('.');
	const { referenceTo } = await reference(describe, object, first);
	const common = referenceTo.length > 1 ? OF_NAME[below.toLowerCase()] : undefined;
	if (common) return { name: path, type: common };
	let missing: Failure | undefined;
	for (const parent of referenceTo) {
		try {
			return await resolved(describe, parent, below);
		} catch (error) {
			// Where a field may refer to several objects, one of them is enough.
			if (!(error instanceof Failure) || error.code !== 'INVALID_FIELD') throw error;
			missing ??= error;
		}
	}
	throw missing ?? invalidInput(`"${first}" of "${object}" refers to no object`);
}

async function reference(
	describe: Describe,
	object: string,
	relationship: string,
): Promise<FieldDescription> {
	const description = await describe(object, []);
	const wanted = relationship.toLowerCase();
	const field = description.fields.find((one) => one.relationshipName?.toLowerCase() === wanted);
	if (field) return field;
	const names = description.fields.flatMap((one) => one.relationshipName ?? []);
	throw new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_FIELD',
		message: `${description.name} has no relationship "${relationship}" to a parent`,
		hint: `It has: ${names.join(', ')}. Those of custom fields end in "__r".`,
	});
}

/**
 * What every parent has of which the object is not known before: Owner, Who, What.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_name.htm
 */
const OF_NAME: Record<string, string> = {
	alias: 'string',
	email: 'email',
	firstname: 'string',
	id: 'id',
	isactive: 'boolean',
	lastname: 'string',
	name: 'string',
	phone: 'phone',
	title: 'string',
	type: 'string',
	username: 'string',
};
