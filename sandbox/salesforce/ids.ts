const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** One checksum character for each five characters of an id: a bit for each upper-case letter. */
function checksum(id15: string): string {
	let text = '';
	for (let block = 0; block < 15; block += 5) {
		let bits = 0;
		for (let at = 0; at < 5; at++) {
			const char = id15[block + at] ?? '';
			if (char >= 'A' && char <= 'Z') bits |= 1 << at;
		}
		text += alphabet[bits] ?? '';
	}
	return text;
}

/** The id that a prefix and a number make: prefix, two characters of the pod, "0", nine digits. */
export function makeId(prefix: string, number: number): string {
	let rest = number;
	let tail = '';
	for (let at = 0; at < 9; at++) {
		tail = (digits[rest % 62] ?? '') + tail;
		rest = Math.floor(rest / 62);
	}
	const id15 = `${prefix}Sb0${tail}`;
	return id15 + checksum(id15);
}

/**
 * The 18-character form of an id of 15 or 18 characters; undefined when it is none. The last three
 * characters say which letters are upper case, so the case of an 18-character id does not matter.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm
 */
export function normalId(text: string): string | undefined {
	if (!/^[a-zA-Z0-9]{15}(?:[a-zA-Z0-5]{3})?$/.test(text)) return undefined;
	if (text.length === 15) return text + checksum(text);
	let id15 = '';
	for (let at = 0; at < 15; at++) {
		const bits = alphabet.indexOf((text[15 + Math.floor(at / 5)] ?? '').toUpperCase());
		const char = text[at] ?? '';
		id15 += bits & (1 << (at % 5)) ? char.toUpperCase() : char.toLowerCase();
	}
	const id = id15 + checksum(id15);
	return id.slice(15) === text.slice(15).toUpperCase() ? id : undefined;
}
