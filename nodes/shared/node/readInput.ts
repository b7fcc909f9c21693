import type {
	INode,
	INodeExecutionData,
	INodeProperties,
	INodePropertyCollection,
} from 'n8n-workflow';
import { isResourceLocatorValue } from 'n8n-workflow';
import { Failure } from '../resilience/failure';
import { mappedFields } from './mappedFields';
import { Shortcut } from './shortcut';

/** What of n8n's contexts knows parameters; triggers and webhooks have no items and ignore the number. */
export interface ParameterSource {
	getNode(): INode;
	getNodeParameter(name: string, item: number): unknown;
	getInputData?(): INodeExecutionData[];
}

/**
 * The parameters of one item as the operation declared them: expressions resolved, numbers are
 * numbers, booleans are booleans, hidden ones are absent. Throws a Failure that names the field.
 */
export const readInput = (
	context: ParameterSource,
	properties: INodeProperties[],
	item: number,
): Record<string, unknown> => inputReader(context, properties)(item);

/** Like `readInput`, for many items: what is the same for all of them is looked at once. */
export function inputReader(
	context: ParameterSource,
	properties: INodeProperties[],
): (item: number) => Record<string, unknown> {
	// node.parameters holds exactly the shown parameters, with defaults filled in.
	const shown = context.getNode().parameters;
	const fields = properties.flatMap((property) =>
		property.name in shown ? [{ property, written: shown[property.name] }] : [],
	);
	const shortcuts = new Map<string, Shortcut>();
	const shortcutOf = (name: string, written: unknown) => {
		const known = shortcuts.get(name) ?? new Shortcut(written);
		shortcuts.set(name, known);
		return known;
	};
	return (item) => {
		const json = context.getInputData?.()[item]?.json;
		const ask: Ask = (name, field, written) =>
			shortcutOf(name, written).value(json, () => resolved(context, name, item, field));
		const input: Record<string, unknown> = {};
		for (const { property, written } of fields) {
			const { name, displayName, type } = property;
			if (type === 'resourceMapper') {
				input[name] = mappedFields(property, written, json, ask);
				continue;
			}
			const value = !SIMPLE.has(type)
				? resolved(context, name, item, displayName)
				: hasExpression(written)
					? ask(name, displayName, written)
					: written;
			const bare = isResourceLocatorValue(value) ? value.value : value;
			input[name] = typed(property, bare, displayName);
			const mustBeGiven = type === 'resourceLocator' || property.typeOptions?.condition;
			if (mustBeGiven && (bare === undefined || bare === null)) throw nothing(displayName);
		}
		return input;
	};
}

/** @param written what stands in the node under this name */
export type Ask = (name: string, field: string, written: unknown) => unknown;

// n8n does more with the other types than to resolve expressions. Of these it is asked only for what may
// differ from item to item: an answer costs up to 0.1 ms, more than all the rest for a small object.
const SIMPLE: ReadonlySet<INodeProperties['type']> = new Set([
	'string',
	'number',
	'boolean',
	'options',
	'resourceLocator',
	'collection',
]);

const hasExpression = (value: unknown): boolean =>
	typeof value === 'object' && value !== null
		? Object.values(value).some(hasExpression)
		: typeof value === 'string' && value.startsWith('=');

function resolved(context: ParameterSource, name: string, item: number, field: string) {
	try {
		return context.getNodeParameter(name, item);
	} catch (error) {
		throw wrong(`"${field}": ${error instanceof Error ? error.message : String(error)}`, error);
	}
}

/** An empty folder means all of the bucket; a field of the item that is missing does not. */
const nothing = (field: string) =>
	wrong(
		`The expression of "${field}" gives nothing`,
		undefined,
		"Correct the expression. If nothing is meant, let it give an empty text: {{ $json.field ?? '' }}",
	);

function typed(property: INodeProperties, value: unknown, field: string): unknown {
	if (property.required && (value === undefined || value === null || value === ''))
		throw wrong(`"${field}" is empty`, undefined, `Fill in "${field}", or check its expression.`);
	// A text, a list, a number ...: what it may be depends on something that n8n does not know.
	if (property.typeOptions?.anyValue) return value;
	return (READERS[property.type] ?? asIs)(value, field, property);
}

type Reader = (value: unknown, field: string, property: INodeProperties) => unknown;

const asIs: Reader = (value) => value;

const text: Reader = (value, field) => {
	if (value === undefined || value === null) return '';
	if (typeof value === 'object' && !(value instanceof Date))
		return value && 'toISO' in value ? String(value) : wrongType('a text', value, field);
	return value instanceof Date ? value.toISOString() : String(value);
};

// n8n's own `ensureType` is not used: it makes `true` of the text "false" and 0 of an empty one.
const READERS: Partial<Record<INodeProperties['type'], Reader>> = {
	string: text,
	dateTime: text,
	resourceLocator: text,
	number: (value, field) => {
		// Number() alone makes 0 of null, of an empty list and of an empty text.
		const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
		return Number.isFinite(number) ? number : wrongType('a number', value, field);
	},
	boolean: (value, field) => {
		if (typeof value === 'boolean') return value;
		if (value === 'true' || value === 1 || value === '1') return true;
		if (value === 'false' || value === 0 || value === '0' || value === '') return false;
		return wrongType('true or false', value, field);
	},
	multiOptions: (value, field) => {
		const list: unknown =
			typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
		if (!Array.isArray(list) || list.some((one) => typeof one !== 'string'))
			return wrongType('a list of texts', value, field);
		const names: unknown[] = list;
		return names.filter((name) => name !== '');
	},
	options: (value, field, property) => {
		const { options, displayName } = property;
		const values = (options ?? []).flatMap((option) => ('value' in option ? [option.value] : []));
		// Those that are loaded from the system are names, and not known here.
		if (values.length === 0) return text(value, field, property);
		if (values.some((known) => known === value)) return value;
		throw wrong(
			`"${field}" is ${shown(value)}`,
			undefined,
			`${displayName} is one of: ${values.join(', ')}.`,
		);
	},
	json: (value, field) => {
		if (typeof value !== 'string') return value;
		try {
			return JSON.parse(value) as unknown;
		} catch (error) {
			throw wrong(`"${field}" is not valid JSON: ${(error as Error).message}`, error);
		}
	},
	collection: (value, field, { options }) =>
		members((options ?? []) as INodeProperties[], value, field),
	fixedCollection: (value, field, { options }) => {
		const groups = isObject(value) ? value : {};
		return Object.fromEntries(
			((options ?? []) as INodePropertyCollection[])
				.filter(({ name }) => groups[name] !== undefined)
				.map(({ name, values }) => {
					const group = groups[name];
					return [
						name,
						Array.isArray(group)
							? group.map((row) => members(values, row, field))
							: members(values, group, field),
					];
				}),
		);
	},
};

function members(properties: INodeProperties[], value: unknown, field: string) {
	const given = isObject(value) ? value : {};
	return Object.fromEntries(
		properties
			.filter((property) => isGiven(property, given, field))
			.map((property) => [
				property.name,
				typed(property, given[property.name], `${field} > ${property.displayName}`),
			]),
	);
}

/** @throws Failure where a condition would get lost because its expression gives nothing */
function isGiven(
	{ name, displayName, type, typeOptions }: INodeProperties,
	given: Record<string, unknown>,
	field: string,
): boolean {
	const value = given[name];
	const mustBeGiven = type === 'options' || typeOptions?.condition;
	if (mustBeGiven && name in given && (value === undefined || value === null))
		throw nothing(`${field} > ${displayName}`);
	return value !== undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function wrongType(expected: string, value: unknown, field: string): never {
	throw wrong(`"${field}" must be ${expected}, but is ${shown(value)}`);
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 100);

const wrong = (
	message: string,
	cause?: unknown,
	hint = 'Correct the parameter or its expression.',
) =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_PARAMETER',
		message,
		hint,
		cause,
	});
