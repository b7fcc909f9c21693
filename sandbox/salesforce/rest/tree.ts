import { json, type Answer } from '../answer.ts';
import { isObject, objectBody } from '../body.ts';
import { ApiError, refusal } from '../errors.ts';
import { writeContext, type WriteContext } from '../records/context.ts';
import { createRecord, type Input } from '../records/write.ts';
import type { Call, Route } from '../router.ts';
import type { ObjectType } from '../schema/objectType.ts';
import type { Field } from '../schema/field.ts';
import { objectOf } from './describe.ts';

const mostRecords = 200;
const mostLevels = 5;

interface Node {
	type: ObjectType;
	referenceId: string;
	fields: Input;
	/** Lookup to the parent, when there is one. */
	lookup?: Field;
	children: Node[];
}

/** Thrown to undo the whole tree. */
class Rollback extends Error {}

/** Reads records and what hangs on them. @throws ApiError */
function nodes(call: Call, type: ObjectType, list: unknown, level: number, lookup?: Field): Node[] {
	const { schema } = call.org;
	if (!Array.isArray(list)) throw refusal('JSON_PARSER_ERROR', 'The list records is required.');
	if (level > mostLevels) {
		throw refusal('INVALID_INPUT', `The tree may have ${mostLevels} levels at most.`);
	}
	return list.map((one: unknown) => {
		const { attributes, ...rest } = isObject(one) ? one : {};
		const { type: name, referenceId } = isObject(attributes) ? attributes : {};
		if (typeof name !== 'string' || typeof referenceId !== 'string') {
			throw refusal('INVALID_INPUT', 'Include the type and a referenceId with each record.');
		}
		if (name.toLowerCase() !== type.name.toLowerCase()) {
			throw refusal('INVALID_INPUT', `The records must be of the type ${type.name}.`);
		}
		const fields: Input = {};
		const children: Node[] = [];
		for (const [key, value] of Object.entries(rest)) {
			const relation = schema.childRelationship(type.name, key);
			if (relation && isObject(value)) {
				children.push(...nodes(call, relation.child, value.records, level + 1, relation.field));
			} else fields[key] = value;
		}
		return { type, referenceId, fields, lookup, children };
	});
}

const flat = (list: Node[]): Node[] => list.flatMap((node) => [node, ...flat(node.children)]);

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobject_tree.htm */
function tree(call: Call): Answer {
	const roots = nodes(call, objectOf(call), objectBody(call.request).records, 1);
	const all = flat(roots);
	if (all.length > mostRecords) {
		throw refusal('INVALID_INPUT', `The request may have ${mostRecords} records at most.`);
	}
	const names = all.map(({ referenceId }) => referenceId);
	const twice = names.find((name, n) => names.indexOf(name) !== n);
	if (twice !== undefined) {
		throw refusal('INVALID_INPUT', `Duplicate ReferenceId provided in the request: ${twice}`);
	}
	const context = writeContext(call);
	const results: Array<{ referenceId: string; id: string }> = [];
	const errors: unknown[] = [];
	try {
		call.org.store.transaction(() => {
			plant(context, roots, undefined, results, errors);
			if (errors.length > 0) throw new Rollback();
		});
	} catch (error) {
		if (!(error instanceof Rollback)) throw error;
		return json({ hasErrors: true, results: errors }, 400);
	}
	return json({ hasErrors: false, results }, 201);
}

function plant(
	context: WriteContext,
	list: Node[],
	parentId: string | undefined,
	results: Array<{ referenceId: string; id: string }>,
	errors: unknown[],
): void {
	for (const { type, referenceId, fields, lookup, children } of list) {
		try {
			const input =
				lookup && parentId !== undefined ? { ...fields, [lookup.name]: parentId } : fields;
			const { id } = createRecord(context, type, input);
			results.push({ referenceId, id });
			plant(context, children, id, results, errors);
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			errors.push({ referenceId, errors: error.rowErrors });
		}
	}
}

export const treeRoutes: Route[] = [
	{ method: 'POST', path: '/composite/tree/:object', handle: tree },
];
