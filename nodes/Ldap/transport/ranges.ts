import { Failure } from '../../shared/resilience/failure';
import type { Attribute, Entry } from './entry';
import { readerOf } from './entry';

/** Reads one attribute of an entry, as the server describes it. */
export type ReadAttribute = (dn: string, description: string) => Promise<Attribute[]>;

const RANGE = /^(?<type>.+);range=(?<from>\d+)-(?<to>\d+|\*)$/i;

/**
 * The entry with all values of attributes that Active Directory gives in ranges, such as the members
 * of a group of more than 1,500: "member;range=0-1499" becomes "member".
 * https://learn.microsoft.com/windows/win32/adsi/attribute-range-retrieval
 * @param asked attributes of the search: a range that was asked for stays one
 */
export async function withAllValues(
	entry: Entry,
	asked: readonly string[] | undefined,
	read: ReadAttribute,
): Promise<Entry> {
	if (!hasRange(entry) || asked?.some(isRange)) return entry;
	const attributes = new Map(entry.attributes.map((attribute) => [attribute.type, attribute]));
	for (const first of entry.attributes) {
		if (!isRange(first.type)) continue;
		const whole = await allRanges(entry.dn, first, read);
		// Beside the range stands the attribute itself, without values.
		attributes.delete(first.type);
		attributes.set(whole.type, whole);
	}
	return { dn: entry.dn, attributes: [...attributes.values()] };
}

export function hasRange(entry: Entry): boolean {
	const reader = readerOf(entry);
	while (reader.next()) if (isRange(reader.type)) return true;
	return false;
}

const isRange = (type: string) => type.includes(';') && RANGE.test(type);

async function allRanges(dn: string, first: Attribute, read: ReadAttribute): Promise<Attribute> {
	const values: Buffer[] = [];
	let part = first;
	for (;;) {
		for (const value of part.values) values.push(value);
		const { type = part.type, to = '*' } = RANGE.exec(part.type)?.groups ?? {};
		if (to === '*') return { type, values };
		const description = `${type};range=${Number(to) + 1}-*`;
		const next = (await read(dn, description)).find((attribute) => isRange(attribute.type));
		if (!next) throw changedMeanwhile(dn, description);
		part = next;
	}
}

const changedMeanwhile = (dn: string, description: string) =>
	new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'RANGE_MISSING',
		message: `The server gave a part of the values only, and then no "${description}" — Search of "${dn}"`,
		hint: 'The entry may have been changed while it was read: run it again.',
	});
