import { BerReader, Tag, boolean, integer, octets, sequence } from './ber';
import type { Control, SortKey } from './search';

/** Paged results (RFC 2696) */
export const PAGED_RESULTS = '1.2.840.113556.1.4.319';
/** Sorted by the server (RFC 2891) */
export const SORT_REQUEST = '1.2.840.113556.1.4.473';
const SORT_RESPONSE = '1.2.840.113556.1.4.474';

/** RFC 2696 section 2 */
export const pagedResults = (size: number, cookie: Buffer): Control => ({
	oid: PAGED_RESULTS,
	critical: true,
	value: sequence(integer(size), octets(cookie)),
});

/** Where the next page begins; empty: this was the last one. */
export function cookieOf(controls: readonly Control[]): Buffer {
	const value = controls.find(({ oid }) => oid === PAGED_RESULTS)?.value;
	if (!value) return Buffer.alloc(0);
	const reader = new BerReader(value);
	reader.enter(Tag.sequence);
	reader.integer();
	return reader.octets();
}

/** Whether the server says that it gives pages; RFC 2696 section 3. */
export const isPaged = (controls: readonly Control[]): boolean =>
	controls.some(({ oid }) => oid === PAGED_RESULTS);

/** RFC 2891 section 1.1; critical, because entries in another order are not what was asked for */
export const sortRequest = (keys: readonly SortKey[]): Control => ({
	oid: SORT_REQUEST,
	critical: true,
	value: sequence(
		...keys.map(({ attribute, matchingRule, reverse }) =>
			sequence(
				octets(attribute),
				...(matchingRule ? [octets(matchingRule, Tag.context)] : []),
				...(reverse ? [boolean(true, Tag.context | 1)] : []),
			),
		),
	),
});

/** Whether the server says that the entries are sorted; RFC 2891 section 1.2. */
export function isSorted(controls: readonly Control[]): boolean {
	const value = controls.find(({ oid }) => oid === SORT_RESPONSE)?.value;
	if (!value) return false;
	const reader = new BerReader(value);
	reader.enter(Tag.sequence);
	return reader.enumerated() === 0;
}
