import type { Service, Session } from './context.ts';
import { attributeOf, type Attribute, type Entry, type RawAttribute } from './entry.ts';
import type { Viewer } from './evaluate.ts';
import { parseDescription, type AttributeType, type Schema } from './schema.ts';

/** What the reader of a connection sees of entries, with the attributes that are made when read. */
export function viewerOf(service: Service, session: Session): Viewer {
	const { directory, personality } = service;
	const { schema } = directory;
	const computed = new Map(
		Object.entries(personality.computed).map(([name, make]) => [schema.attribute(name), make]),
	);
	return {
		directory,
		classesInherit: personality.name === 'openLdap',
		followsChains: personality.name === 'activeDirectory',
		read(entry, wanted, options) {
			const make = computed.get(wanted);
			const found = make ? made(wanted, make(entry, directory)) : stored(entry, wanted, options);
			return found.filter(({ type }) => personality.mayRead(session.actor, entry, type));
		},
	};
}

function made(type: AttributeType, values: Array<string | Buffer>): Attribute[] {
	const buffers = values.map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(value)));
	return buffers.length > 0 ? [attributeOf(type, buffers)] : [];
}

function stored(entry: Entry, wanted: AttributeType, options: string[]): Attribute[] {
	return [...entry].filter(
		(attribute) =>
			inherits(attribute.type, wanted) &&
			options.every((option) => attribute.options.includes(option)),
	);
}

function inherits(type: AttributeType | undefined, wanted: AttributeType): boolean {
	return type !== undefined && (type === wanted || inherits(type.superior, wanted));
}

export interface Selection {
	/** as in a search request: none means all user attributes */
	attributes: readonly string[];
	typesOnly: boolean;
}

/** The attributes of an entry that a request asks for (RFC 4511 section 4.5.1.8). */
export function selectAttributes(
	entry: Entry,
	{ attributes, typesOnly }: Selection,
	{ personality: { maxValues, computed }, directory: { schema } }: Service,
	viewer: Viewer,
): RawAttribute[] {
	const names = attributes.length === 0 ? ['*'] : attributes;
	const whole = new Map<string, Attribute>();
	const ranges: RawAttribute[] = [];
	for (const name of names) {
		const { type: wanted, options } = parseDescription(name);
		const range = maxValues < Infinity && options.find((option) => option.startsWith('range='));
		const found = namedBy(wanted).flatMap((type) =>
			viewer.read(
				entry,
				type,
				options.filter((option) => option !== range),
			),
		);
		if (range) ranges.push(...partial(found, range, maxValues));
		else for (const attribute of found) whole.set(attribute.description, attribute);
	}
	const all = [...whole.values()].flatMap(({ description: type, values }) =>
		values.length > maxValues
			? [{ type, values: [] }, ...partialOf(type, values, 0, Infinity, maxValues)]
			: [{ type, values }],
	);
	all.push(...ranges);
	return typesOnly ? all.map(({ type }) => ({ type, values: [] })) : all;

	function namedBy(name: string): AttributeType[] {
		if (name === '*' || name === '+') {
			const types = [...entry].map(({ type }) => type);
			for (const one of Object.keys(computed)) types.push(...[schema.attribute(one) ?? []].flat());
			return [...new Set(types)].filter(({ operational }) => operational === (name === '+'));
		}
		// RFC 4529: the attributes of a class
		const members = name.startsWith('@') ? membersOf(name.slice(1), schema) : [name];
		return members.flatMap((member) => schema.attribute(member) ?? []);
	}
}

function membersOf(className: string, schema: Schema): string[] {
	const one = schema.class(className);
	return one ? schema.superclasses(one).flatMap(({ must, may }) => [...must, ...may]) : [];
}

function partial(attributes: Attribute[], range: string, most: number): RawAttribute[] {
	const [, from = '0', to = '*'] = /^range=(\d+)-(\d+|\*)$/.exec(range) ?? [];
	return attributes.flatMap(({ description, values }) =>
		partialOf(description, values, Number(from), to === '*' ? Infinity : Number(to), most),
	);
}

/**
 * Values in ranges, as Active Directory gives them (MS-ADTS section 3.1.1.3.1.3.3): the last range
 * ends with an asterisk.
 */
function partialOf(
	description: string,
	values: Buffer[],
	from: number,
	to: number,
	most: number,
): RawAttribute[] {
	if (from > 0 && from >= values.length) return [];
	const end = Math.min(to, from + most - 1);
	const last = end >= values.length - 1;
	return [
		{
			type: `${description};range=${from}-${last ? '*' : end}`,
			values: values.slice(from, end + 1),
		},
	];
}
