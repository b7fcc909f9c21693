import { invalidInput } from '../../shared/resilience/failure';

// Tables of RFC 3454, by their names there.

// B.1: mapped to nothing
const IGNORED =
	/\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;
// C.1.2: mapped to a space
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
const PROHIBITED = new RegExp(
	[
		'[\\u0000-\\u001f\\u007f]', // C.2.1
		'[\\u0080-\\u009f\\u06dd\\u070f\\u180e\\u2028\\u2029\\u2061-\\u2063\\u206a-\\u206f\\ufff9-\\ufffc\\u{1d173}-\\u{1d17a}]', // C.2.2
		'\\p{Co}', // C.3
		'\\p{Noncharacter_Code_Point}', // C.4
		'\\p{Cs}', // C.5
		'\\ufffd', // C.6
		'[\\u2ff0-\\u2ffb]', // C.7
		'[\\u0340\\u0341\\u200e\\u200f\\u202a-\\u202e]', // C.8
		'[\\u{e0001}\\u{e0020}-\\u{e007f}]', // C.9
		'\\p{Cn}', // unassigned: section 7, with the tables of this Node instead of Unicode 3.2
	].join('|'),
	'u',
);
// D.1
const RIGHT_TO_LEFT =
	/[\u05be\u05c0\u05c3\u05d0-\u05ea\u05f0-\u05f4\u061b\u061f\u0621-\u063a\u0640-\u064a\u066d-\u066f\u0671-\u06d5\u06dd\u06e5\u06e6\u06fa-\u06fe\u0700-\u070d\u0710\u0712-\u072c\u0780-\u07a5\u07b1\u200f\ufb1d\ufb1f-\ufb28\ufb2a-\ufb36\ufb38-\ufb3c\ufb3e\ufb40\ufb41\ufb43\ufb44\ufb46-\ufbb1\ufbd3-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7\ufdf0-\ufdfc\ufe70-\ufe74\ufe76-\ufefc]/u;
const LETTER = /\p{L}/u;

/**
 * A name or a password as SCRAM wants it (SASLprep, RFC 4013, as a stored string: RFC 5802 section 2.2).
 * @param field what it is, for the error
 * @throws Failure invalid where it holds what is prohibited; it does not repeat the text
 */
export function saslPrep(text: string, field: string): string {
	// Most are ASCII, which stays as it is.
	if (/^[\x20-\x7e]*$/.test(text)) return text;
	const prepared = text.replace(SPACES, ' ').replace(IGNORED, '').normalize('NFKC');
	if (PROHIBITED.test(prepared))
		throw refused(field, 'a character that names and passwords of SASL must not have');
	if (isMixed([...prepared]))
		throw refused(field, 'writing from right to left and from left to right at once');
	return prepared;
}

// RFC 3454 section 6
function isMixed(characters: string[]): boolean {
	const rightToLeft = characters.map((character) => RIGHT_TO_LEFT.test(character));
	if (!rightToLeft.includes(true)) return false;
	const leftToRight = characters.some((one, at) => LETTER.test(one) && !rightToLeft[at]);
	return leftToRight || !rightToLeft[0] || !rightToLeft.at(-1);
}

const refused = (field: string, what: string) =>
	invalidInput(
		`"${field}" has ${what} (RFC 4013)`,
		'Check for invisible characters, or sign in with "Simple" or "SASL PLAIN".',
	);
