import { codePointName } from '../../shared/ground/codePointName';

import { invalidInput } from './failure';

/** Lower-case names. */
export type Headers = Record<string, string>;

/** Without those that have no value. */
export const compact = (headers: Record<string, string | undefined>): Headers =>
	Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])),
	);

/**
 * The ETag of the server where a proxy that may compress has marked it as weak: no condition of S3,
 * and no part, holds for a weak one. RFC 9110 8.8.1
 */
export const strong = (etag: string): string => etag.replace(/^W\//, '');

/** An ETag as a condition has it: people copy it with and without the quotes. RFC 9110 8.8.3 */
export const quoted = (etag: string): string => {
	const plainEtag = strong(plain('ETag', etag.trim()) ?? '');
	return plainEtag === '*' || plainEtag.includes('"') ? plainEtag : `"${plainEtag}"`;
};

/** Milliseconds since 1970. @throws Failure naming the field */
export function instant(field: string, date: string): number {
	const at = Date.parse(date);
	if (Number.isNaN(at)) throw invalidInput(`"${field}" is no date: "${date}"`);
	return at;
}

/** What is not printable ASCII. */
export const NOT_PLAIN = /[^\x20-\x7e]/u;

/** @throws Failure naming the field when it holds more than printable ASCII */
export function plain(field: string, value: string | undefined): string | undefined {
	const foreign = NOT_PLAIN.exec(value ?? '');
	if (!foreign) return value;
	throw invalidInput(
		`"${field}" holds ${codePointName(foreign[0])}, which this header cannot carry`,
	);
}

/** Makes something of what the user wrote: what it throws is the user's mistake, not a broken wire. */
export function allowed<T>(make: () => T): T {
	try {
		return make();
	} catch (error) {
		throw invalidInput(error);
	}
}
