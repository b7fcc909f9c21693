import type { INodeProperties, ResourceMapperValue } from 'n8n-workflow';
import type { ParameterSource } from './readInput';

export type Fields = Record<string, unknown>;

/**
 * The fields that a resource mapper gives for one item, by name.
 *
 * Mapped by hand: what was left empty in the editor is left out, because there it says null for every
 * field that nobody touched; so are fields that were taken off the list, and expressions that give
 * nothing. One that gives null or an empty text gives just that.
 * Mapped automatically: what the item holds.
 * @param ask resolves the parameter of this name; `field`: what the editor calls it
 */
export function mappedFields(
	context: ParameterSource,
	{ name, displayName }: INodeProperties,
	item: number,
	ask: (name: string, field: string) => unknown,
): Fields {
	const written: unknown = context.getNode().parameters[name];
	const mapper = isMapper(written) ? written : ask(name, displayName);
	if (!isMapper(mapper)) return objectOf(mapper);
	const { mappingMode, value, schema } = mapper;
	if (mappingMode === 'autoMapInputData') return objectOf(context.getInputData?.()[item]?.json);
	const removed = new Set((schema ?? []).filter((one) => one.removed).map(({ id }) => id));
	const given = Object.entries(value ?? {})
		.filter(([field, one]) => one !== null && one !== '' && !removed.has(field))
		// Field by field: n8n's reading of all of them at once resolves the schema as well, or converts
		// by its types, which makes 0 of an empty text.
		.map(([field, one]): [string, unknown] => [
			field,
			typeof one === 'string' && one.startsWith('=')
				? ask(`${name}.value[${JSON.stringify(field)}]`, `${displayName} > ${field}`)
				: one,
		]);
	return Object.fromEntries(given.filter(([, one]) => one !== undefined));
}

type Mapper = Pick<ResourceMapperValue, 'mappingMode' | 'value'> & Partial<ResourceMapperValue>;

// Without the schema too, as in a node that nobody has opened, and where a workflow was made by a program.
const isMapper = (value: unknown): value is Mapper =>
	typeof value === 'object' && value !== null && 'mappingMode' in value && 'value' in value;

const objectOf = (value: unknown): Fields =>
	typeof value === 'object' && value !== null ? { ...value } : {};
