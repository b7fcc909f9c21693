import { invalidInput } from '../../shared/resilience/failure';
import type { Filter } from '../transport/filter';
import {
	allOf,
	anyEntry,
	anyOf,
	byRule,
	comparison,
	not,
	present,
	substrings,
} from '../transport/filter';
import { parseFilter } from '../transport/filterText';
import type { Schema } from '../transport/schema';
import { fileTime } from '../transport/values/activeDirectoryTime';
import { fromBase64 } from '../transport/values/bytes';
import { encodeValues } from '../transport/values/encodeValues';
import { guid } from '../transport/values/guid';
import { sid } from '../transport/values/sid';
import { text } from '../transport/values/text';
import { generalizedTime } from '../transport/values/time';

export type FilterValueType = 'base64' | 'fileTime' | 'generalizedTime' | 'guid' | 'sid' | 'text';

export interface Condition {
	attribute: string;
	operator: keyof typeof OPERATORS;
	/** not where it is only asked whether the attribute exists */
	value?: string;
	/** "attribute": what the schema says of the attribute */
	valueType?: FilterValueType | 'attribute';
}

/** What `filterFields` give. */
export interface FilterInput {
	filterBy: 'conditions' | 'text';
	conditions?: { rows?: Condition[] };
	match?: 'all' | 'any';
	filter?: string;
	filterValues?: { rows?: Array<{ name: string; value: string; valueType: FilterValueType }> };
}

/**
 * The filter somebody put together. Values stay values, whatever is in them.
 * @throws Failure of kind invalid that names the attribute or the position in the text
 */
export function filterOf(
	{ filterBy, conditions, match, filter = '', filterValues }: FilterInput,
	schema: Schema,
): Filter {
	if (filterBy === 'text') return parseFilter(filter, valuesOf(filterValues?.rows ?? []));
	const [first, ...others] = (conditions?.rows ?? []).map((row) => filterOfCondition(row, schema));
	if (!first) return anyEntry;
	if (others.length === 0) return first;
	return match === 'any' ? anyOf(first, ...others) : allOf(first, ...others);
}

function valuesOf(rows: Array<{ name: string; value: string; valueType: FilterValueType }>) {
	if (rows.length === 0) return undefined;
	const values = new Map<string, Buffer>();
	for (const { name, value, valueType } of rows) {
		if (!/^\w+$/.test(name)) {
			throw invalidInput(
				`"Filter Values" has the name "${name}"`,
				'Names are made of letters, digits and underscores; the filter has them in braces.',
			);
		}
		if (values.has(name)) throw invalidInput(`"Filter Values" has the name "${name}" twice`);
		values.set(name, bytesOf(`"${name}"`, value, valueType));
	}
	return values;
}

const VALUE_TYPES = {
	base64: { name: 'base64', encode: (value: string) => fromBase64(value) },
	fileTime,
	generalizedTime,
	guid,
	sid,
	text,
};

function bytesOf(what: string, value: string, type: FilterValueType): Buffer {
	const { name, encode } = VALUE_TYPES[type];
	const bytes = encode(value);
	if (!bytes) throw invalidInput(`The value of ${what} is not ${name}`);
	return bytes;
}

// https://learn.microsoft.com/windows/win32/adsi/search-filter-syntax; slapd has the first two as well.
const ALL_BITS = '1.2.840.113556.1.4.803';
const ANY_BIT = '1.2.840.113556.1.4.804';
const IN_CHAIN = '1.2.840.113556.1.4.1941';

interface Operand {
	attribute: string;
	/** as it was written */
	value: string;
	/** as the directory has it */
	bytes(): Buffer;
}

const OPERATORS = {
	allBits: ({ attribute, value }) => byRule(attribute, ALL_BITS, bitsOf(attribute, value)),
	anyBit: ({ attribute, value }) => byRule(attribute, ANY_BIT, bitsOf(attribute, value)),
	approximately: ({ attribute, value }) => comparison('approximate', attribute, value),
	atLeast: ({ attribute, bytes }) => comparison('greaterOrEqual', attribute, bytes()),
	atMost: ({ attribute, bytes }) => comparison('lessOrEqual', attribute, bytes()),
	contains: ({ attribute, value }) => substrings(attribute, { any: [value] }),
	endsWith: ({ attribute, value }) => substrings(attribute, { final: value }),
	equals: ({ attribute, bytes }) => comparison('equality', attribute, bytes()),
	exists: ({ attribute }) => present(attribute),
	inChain: ({ attribute, value }) => byRule(attribute, IN_CHAIN, value),
	noBit: ({ attribute, value }) => not(byRule(attribute, ANY_BIT, bitsOf(attribute, value))),
	notContains: ({ attribute, value }) => not(substrings(attribute, { any: [value] })),
	notEquals: ({ attribute, bytes }) => not(comparison('equality', attribute, bytes())),
	notExists: ({ attribute }) => not(present(attribute)),
	startsWith: ({ attribute, value }) => substrings(attribute, { initial: value }),
} satisfies Record<string, (operand: Operand) => Filter>;

const WITHOUT_VALUE: ReadonlySet<string> = new Set(['exists', 'notExists']);

function filterOfCondition(condition: Condition, schema: Schema): Filter {
	const { operator, value = '', valueType = 'attribute' } = condition;
	const attribute = condition.attribute.trim();
	if (attribute === '') throw invalidInput('A condition names no attribute');
	if (value === '' && !WITHOUT_VALUE.has(operator)) {
		throw invalidInput(
			`The condition of "${attribute}" has no value`,
			'Fill it in, or check its expression. To find entries without the attribute, use "Does Not Exist".',
		);
	}
	const bytes = () => {
		if (valueType !== 'attribute') return bytesOf(`"${attribute}"`, value, valueType);
		const [encoded = Buffer.from(value)] = encodeValues(schema, attribute, value);
		return encoded;
	};
	return OPERATORS[operator]({ attribute, value, bytes });
}

/** @returns the number in decimal digits, which is what the rules take */
function bitsOf(attribute: string, value: string): string {
	const words = value.trim();
	if (/^\d{1,19}$|^0x[0-9a-f]{1,16}$/i.test(words)) return BigInt(words).toString();
	throw invalidInput(
		`The bits of "${attribute}" are "${value}"`,
		'They are given by a number: 2 for the second bit, 6 for the second and the third.',
	);
}
