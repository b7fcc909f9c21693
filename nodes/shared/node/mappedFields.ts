import type { INodeProperties, ResourceMapperValue } from 'n8n-workflow';
import type { Ask } from './readInput';

export type Fields = Record<string, unknown>;

/**
 * The fields that a resource mapper gives for one item, by name.
 *
 * Mapped by hand: what was left empty in the editor is left out, because there it says null for every
 * field that nobody touched; so are fields that were taken off the list, and expressions that give
 * nothing. One that gives null or an empty text gives just that.
 * Mapped automatically: what the item holds.
 * @param written the parameter as it stands in the node
 * @param json the item's
 */
export function mappedFields(
	{ name, displayName }: INodeProperties,
	written: unknown,
	json: unknown,
	ask: Ask,
): Fields {
	const mapper = isMapper(written) ? written : ask(name, displayName, written);
	if (!isMapper(mapper)) return objectOf(mapper);
	const { mappingMode, value, schema } = mapper;
	if (mappingMode === 'autoMapInputData') return objectOf(json);
	const removed = new Set((schema ?? []).filter((one) => one.removed).map(({ id }) => id));
	const given = Object.entries(value ?? {})
		.filter(([field, one]) => one !== null && one !== '' && !removed.has(field))
		// Field by field: n8n's reading of all of them at once resolves the schema as well, or converts
		// by its types, which makes 0 of an empty text.
		.map(([field, one]): [string, unknown] => [
			field,
			typeof one === 'string' && one.startsWith('=')
				? ask(`${name}.value[${JSON.stringify(field)}]`, `${displayName} > ${field}`, one)
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
