import { codePointName } from '../../shared/ground/codePointName';
import { checkUtf8 } from './encode';
import { invalidInput } from './failure';
import type { Headers } from './headerValues';
import { allowed, NOT_PLAIN } from './headerValues';

const PREFIX = 'x-amz-meta-';
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_METADATA_BYTES = 2_048;
// RFC 9110 section 5.6.2
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const CONTROL = /[^\t\P{Cc}]/u;

/**
 * User metadata. Beyond ASCII the bytes are UTF-8, as servers store and return them; Amazon alone
 * takes such bytes for latin1, but knows encoded words (RFC 2047).
 */
export function metadataHeaders(metadata: Record<string, string>, encodedWords: boolean): Headers {
	const headers: Headers = {};
	let bytes = 0;
	for (const [given, value] of Object.entries(metadata)) {
		const name = given.toLowerCase().replace(PREFIX, '');
		const header = PREFIX + name;
		if (!TOKEN.test(name)) {
			throw invalidInput(
				`The metadata name "${given}" is not possible: it may have letters, digits, hyphens and a few signs, no spaces and no umlauts`,
			);
		}
		if (header in headers)
			throw invalidInput(
				`The metadata name "${given}" is there twice: S3 does not tell capitals from small letters`,
			);
		const control = CONTROL.exec(value);
		if (control) {
			throw invalidInput(
				`The metadata "${given}" holds ${codePointName(control[0])}, which a header cannot carry: encode it, for example in base64`,
			);
		}
		allowed(() => checkUtf8(`The metadata "${given}"`, value));
		bytes += name.length + Buffer.byteLength(value);
		headers[header] = encodedWords ? encodedWord(value) : Buffer.from(value).toString('latin1');
	}
	if (bytes > MAX_METADATA_BYTES) {
		throw invalidInput(
			`The metadata has ${bytes} bytes in names and values, and S3 takes ${MAX_METADATA_BYTES}`,
		);
	}
	return headers;
}

const encodedWord = (value: string) =>
	NOT_PLAIN.test(value) ? `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=` : value;

/** The user metadata in the headers of an answer, without the prefix. */
export function metadataOf(headers: Headers): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers)
			.filter(([name]) => name.startsWith(PREFIX))
			.map(([name, value]) => [name.slice(PREFIX.length), decoded(value)]),
	);
}

const ENCODED_WORDS = /=\?([\w-]+)\?([BQ])\?([^?\s]*)\?=(?:[ \t]+(?==\?[\w-]+\?[BQ]\?))?/gi;

/**
 * The text of a header value. Node takes its bytes for latin1, but they are UTF-8; Amazon returns
 * encoded words (RFC 2047), and what was sent to it as bare UTF-8 encoded twice.
 */
function decoded(value: string): string {
	const text = fromUtf8(value);
	const words = text.replace(ENCODED_WORDS, (whole, charset: string, kind: string, data: string) =>
		wordOf(whole, charset, kind, data),
	);
	return words === text ? text : fromUtf8(words);
}

/** The same where it is no latin1, or no UTF-8. */
function fromUtf8(latin1: string): string {
	if (/[^\p{ASCII}\x80-\xff]/u.test(latin1)) return latin1;
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'));
	} catch {
		return latin1;
	}
}

function wordOf(whole: string, charset: string, kind: string, data: string): string {
	try {
		const bytes =
			kind.toUpperCase() === 'B'
				? Buffer.from(data, 'base64')
				: Buffer.from(
						data
							.replaceAll('_', ' ')
							.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) =>
								String.fromCharCode(parseInt(hex, 16)),
							),
						'latin1',
					);
		return new TextDecoder(charset, { fatal: true }).decode(bytes);
	} catch {
		return whole;
	}
}
