import type {
	Field,
	FieldFunctionExpression,
	FieldRelationship,
	FieldType as SelectField,
	FieldTypeOf,
	Subquery,
} from '@jetstreamapp/soql-parser-js';
import { refusal } from '../errors.ts';
import type { Org } from '../org.ts';
import type { Field as SchemaField } from '../schema/field.ts';
import { attributesOf, shown } from '../rest/shape.ts';
import type { Row } from '../store/row.ts';
import { malformed, placeOf } from './errors.ts';
import { parentBy, resolve, type Path, type Scope, type Step } from './path.ts';

type Shown = Record<string, unknown>;

/** What a row adds to its JSON. */
type Part = (row: Row, out: Shown) => void;

/** Runs the subquery for a row. */
export type ChildRows = (subquery: Subquery) => Part;

/** The fields of one object of a row, and those of its parents. */
class Level {
	private readonly parts: Part[] = [];
	private readonly parents = new Map<string, Level>();
	private readonly org: Org;
	private readonly scope: Scope;

	constructor(scope: Scope) {
		this.scope = scope;
		this.org = scope.org;
	}

	/** Shows a field of the row or of a parent. */
	field({ steps, field, ofAny }: Omit<Path, 'get'>): void {
		const { base } = this.scope;
		this.at(steps).parts.push((row, out) => {
			const typeName = ofAny && field.name === 'Type';
			out[field.name] ??= typeName ? row.object : shownOf(this.org, row, field, base);
		});
	}

	add(part: Part): void {
		this.parts.push(part);
	}

	private at(steps: readonly Step[]): Level {
		const [first, ...rest] = steps;
		if (!first) return this;
		let level = this.parents.get(first.name);
		if (!level) {
			const made = new Level(this.scope);
			this.parents.set(first.name, made);
			this.parts.push((row, out) => {
				const parent = parentBy(this.scope, row, [first]);
				out[first.name] = parent ? made.show(parent) : null;
			});
			level = made;
		}
		return level.at(rest);
	}

	show(row: Row): Shown {
		const out: Shown = { attributes: attributesOf(row, this.scope.base) };
		for (const part of this.parts) part(row, out);
		return out;
	}
}

/** A field of parents of several objects, which not all of them have. */
function shownOf(org: Org, row: Row, field: SchemaField, base: string): unknown {
	const own = org.schema.field(row.object, field.name);
	return own ? (shown(org, row, own, base) ?? null) : null;
}

/** How rows are shown. @throws ApiError INVALID_FIELD, MALFORMED_QUERY */
export function compileSelect(
	scope: Scope,
	fields: readonly SelectField[],
	limit: number | undefined,
	childRows: ChildRows,
): (row: Row) => Shown {
	const level = new Level(scope);
	const seen = new Set<string>();
	const add = (path: Omit<Path, 'get'>) => {
		const name = [...path.steps.map((step) => step.name), path.field.name].join('.');
		if (seen.has(name)) {
			const message = `duplicate field selected: ${path.field.name}`;
			throw refusal('INVALID_FIELD', message);
		}
		seen.add(name);
		level.field(path);
	};
	for (const selected of fields) {
		if (selected.type === 'FieldSubquery') level.add(childRows(selected.subquery));
		else if (selected.type === 'FieldTypeof') level.add(typeOf(scope, selected));
		else if (selected.type !== 'FieldFunctionExpression')
			add(resolve(scope, nameOf(scope, selected)));
		else if (selected.functionName.toUpperCase() === 'FIELDS') {
			for (const field of fieldsOf(scope, parameterOf(selected), limit)) {
				add({ steps: [], field, ofAny: false });
			}
		} else if (!showing.includes(selected.functionName.toUpperCase())) {
			const { functionName } = selected;
			const message = `Invalid function: ${functionName}`;
			throw malformed(scope.query, placeOf(scope.query, functionName), message);
		} else if (selected.alias !== undefined) {
			level.add(aliased(scope, selected.alias, parameterOf(selected)));
		} else add(resolve(scope, parameterOf(selected)));
	}
	return (row) => level.show(row);
}

/** Functions that only change how a value is shown. */
const showing = ['TOLABEL', 'FORMAT', 'CONVERTCURRENCY'];

const parameterOf = ({ parameters: [first] }: FieldFunctionExpression): string =>
	typeof first === 'string' ? first : '';

/** The path of a field as the query writes it. */
function nameOf({ query }: Scope, selected: Field | FieldRelationship): string {
	const alias = 'alias' in selected ? selected.alias : undefined;
	if (alias !== undefined) {
		throw malformed(query, placeOf(query, alias), 'only aggregate expressions use field aliasing');
	}
	const steps = selected.type === 'FieldRelationship' ? selected.relationships : [];
	const name = [...steps, selected.field].join('.');
	return 'objectPrefix' in selected ? `${selected.objectPrefix}.${name}` : name;
}

function aliased(scope: Scope, alias: string, name: string): Part {
	const path = resolve(scope, name);
	return (row, out) => {
		out[alias] = path.get(row);
	};
}

function fieldsOf({ type, query }: Scope, kind: string, limit: number | undefined): SchemaField[] {
	const group = kind.toUpperCase();
	if (group !== 'STANDARD' && (limit === undefined || limit > 200)) {
		throw malformed(
			query,
			placeOf(query, 'FIELDS'),
			'The SOQL FIELDS function must have a LIMIT of at most 200',
		);
	}
	if (group === 'STANDARD') return type.fields.filter(({ custom }) => !custom);
	return group === 'CUSTOM' ? type.fields.filter(({ custom }) => custom) : type.fields;
}

/** TYPEOF What WHEN Account THEN Phone ELSE Name END */
function typeOf(scope: Scope, selected: FieldTypeOf): Part {
	const { org, type, query, base } = scope;
	const lookup = org.schema.relationship(type.name, selected.field);
	if (!lookup) {
		throw malformed(
			query,
			placeOf(query, selected.field),
			`Invalid relationship: ${selected.field}`,
		);
	}
	const step = { lookup, name: lookup.relationshipName ?? selected.field };
	return (row, out) => {
		const parent = parentBy(scope, row, [step]);
		const when =
			parent &&
			selected.conditions.find(
				({ objectType }) =>
					objectType === undefined || objectType.toLowerCase() === parent.object.toLowerCase(),
			);
		out[step.name] = parent
			? {
					attributes: attributesOf(parent, base),
					...Object.fromEntries(
						(when?.fieldList ?? []).map((name) => {
							const field = org.schema.field(parent.object, name);
							return [field?.name ?? name, field ? shown(org, parent, field, base) : null];
						}),
					),
				}
			: null;
	};
}
