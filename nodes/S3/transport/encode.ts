import { codePointName } from '../../shared/ground/codePointName';

/** A query parameter: its plain name and value; one whose value is `undefined` is left out. */
export type QueryPair = readonly [name: string, value: string | number | undefined];

// With the u flag this matches only surrogates that are not part of a pair.
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Refuses text that has no UTF-8 form.
 *
 * @param field how the error names the text, e.g. "The object key"
 * @throws TypeError when it holds half of a surrogate pair
 */
export function checkUtf8(field: string, text: string): void {
	const lone = LONE_SURROGATE.exec(text);
	if (!lone) return;
	throw new TypeError(
		`${field} holds half of a character (the lone surrogate ${codePointName(lone[0])} at position ` +
			`${lone.index + 1}), which UTF-8 cannot carry: remove it. Cutting a text inside an emoji makes such halves.`,
	);
}

// encodeURIComponent leaves these five unencoded; the UriEncode of AWS does not.
const escapeLeftOver = (character: string) =>
	`%${character.charCodeAt(0).toString(16).toUpperCase()}`;

function uriEncode(field: string, text: string): string {
	checkUtf8(field, text);
	return encodeURIComponent(text).replace(/[!'()*]/g, escapeLeftOver);
}

/**
 * An object key (or bucket name) as it stands in the path of a request: UTF-8, everything but
 * `A-Z a-z 0-9 - . _ ~ /` percent-encoded with upper-case digits. Dot segments, doubled and leading
 * slashes stay: they are part of the key. This is the UriEncode of Signature Version 4 without
 * encoding `/`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @throws TypeError when the key holds a lone surrogate
 */
export function encodeKey(key: string): string {
	return uriEncode('The object key', key).replaceAll('%2F', '/');
}

/** -1, 0 or 1 by UTF-16 code unit: for ASCII the byte order that Signature Version 4 sorts by. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A query string, without `?`, in the canonical form of Signature Version 4, so that one string
 * serves for signing and for sending: UriEncode on names and values (a space is `%20`), sorted by
 * encoded name and then by value, and `name=` where a value is empty (`uploads=`).
 *
 * @throws TypeError when a value holds a lone surrogate
 */
export function encodeQuery(pairs: Iterable<QueryPair>): string {
	const encoded: Array<[name: string, value: string]> = [];
	for (const [name, value] of pairs) {
		if (value === undefined) continue;
		const field = `The query parameter "${name}"`;
		encoded.push([uriEncode(field, name), uriEncode(field, String(value))]);
	}
	// Sorting whole "name=value" strings would be wrong: "=" sorts after "-" and the digits.
	encoded.sort((a, b) => byCodeUnit(a[0], b[0]) || byCodeUnit(a[1], b[1]));
	return encoded.map(([name, value]) => `${name}=${value}`).join('&');
}

/**
 * The key, prefix, delimiter or marker of a listing that was answered with
 * `<EncodingType>url</EncodingType>`. Amazon and MinIO send a space as `+`, Ceph as `%20`; all send a
 * real plus sign as `%2B`. Decode the XML first: Ceph escapes `'` on top.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 *
 * @throws TypeError when it is not percent-encoded UTF-8: guessing would name another object
 */
export function decodeUrl(text: string): string {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		throw new TypeError(
			`The server announced URL-encoded keys but sent "${text}", which is not percent-encoded UTF-8`,
		);
	}
}
