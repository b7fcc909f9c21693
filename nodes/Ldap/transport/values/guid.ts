import { bytesOf } from './text';
import type { ValueType } from './valueType';

const GUID = /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i;

/**
 * An identifier of 16 bytes, the first three parts of which have their bytes the other way round.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-dtyp/49e490b8-f972-45d6-a3a4-99f924998d97
 */
export const guid: ValueType = {
	name: 'a GUID, such as 3f79048f-42cd-4c77-8426-835cd9f8a3ad',
	showable: true,
	binary: true,
	decode: (value) => (value.length === 16 ? guidText(value) : bytesOf(value)),
	encode: (value) => {
		const parts = typeof value === 'string' ? GUID.exec(value.trim()) : null;
		if (!parts) return undefined;
		const bytes = Buffer.from(parts.slice(1).join(''), 'hex');
		swapParts(bytes);
		return bytes;
	},
};

function guidText(value: Buffer): string {
	const bytes = Buffer.from(value);
	swapParts(bytes);
	const hex = bytes.toString('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function swapParts(bytes: Buffer): void {
	bytes.subarray(0, 4).reverse();
	bytes.subarray(4, 6).reverse();
	bytes.subarray(6, 8).reverse();
}
