import { bytesOf } from './text';
import type { ValueType } from './valueType';

const HEAD_BYTES = 8;
const MOST_PARTS = 15;
const MOST_OF_PART = 2 ** 32 - 1;
const SID = /^S-1-(0x[0-9a-f]{12}|\d{1,10})((?:-\d{1,10})*)$/i;

/**
 * A security identifier, "S-1-5-21-…".
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-dtyp/f992ad60-0fe4-4b87-9fed-beb478836861
 */
export const sid: ValueType = {
	name: 'a SID, such as S-1-5-32-544',
	showable: true,
	binary: true,
	decode: (value) => {
		const parts = value[1] ?? 0;
		const fits = value[0] === 1 && value.length === HEAD_BYTES + 4 * parts;
		if (!fits || parts > MOST_PARTS) return bytesOf(value);
		let words = `S-1-${authorityOf(value)}`;
		for (let at = HEAD_BYTES; at < value.length; at += 4) words += `-${value.readUInt32LE(at)}`;
		return words;
	},
	encode: (value) => {
		const [, authority, rest = ''] = (typeof value === 'string' && SID.exec(value.trim())) || [];
		const parts = rest.split('-').slice(1).map(Number);
		if (authority === undefined || parts.length > MOST_PARTS) return undefined;
		if (parts.some((part) => part > MOST_OF_PART)) return undefined;
		const bytes = Buffer.alloc(HEAD_BYTES + 4 * parts.length);
		bytes[0] = 1;
		bytes[1] = parts.length;
		bytes.writeUIntBE(Number(authority), 2, 6);
		for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, HEAD_BYTES + 4 * index);
		return bytes;
	},
};

/** From 2^32 on it is written in hexadecimal. */
function authorityOf(value: Buffer): string {
	const authority = value.readUIntBE(2, 6);
	return authority > MOST_OF_PART
		? `0x${authority.toString(16).padStart(12, '0')}`
		: String(authority);
}
