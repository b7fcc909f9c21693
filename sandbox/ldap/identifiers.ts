/** "S-1-5-21-..." as the bytes of an objectSid (MS-DTYP section 2.4.2.2). */
export function sidBytes(text: string): Buffer {
	const [, revision = 1, authority = 0, ...rest] = text.split('-').map(Number);
	const buffer = Buffer.alloc(8 + rest.length * 4);
	buffer.writeUInt8(revision, 0);
	buffer.writeUInt8(rest.length, 1);
	buffer.writeUIntBE(authority, 2, 6);
	rest.forEach((part, index) => buffer.writeUInt32LE(part, 8 + index * 4));
	return buffer;
}

/** A UUID as the bytes of an objectGUID: its first three groups the other way round. */
export function guidBytes(text: string): Buffer {
	const raw = Buffer.from(text.replace(/[{}-]/g, ''), 'hex');
	raw.subarray(0, 4).reverse();
	raw.subarray(4, 6).reverse();
	raw.subarray(6, 8).reverse();
	return raw;
}

/** A UUID from the bytes of an objectGUID. */
export function guidText(bytes: Buffer): string {
	const hex = guidBytes(bytes.toString('hex')).toString('hex');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Tenths of microseconds since 1601. */
export const fileTime = (at: Date) => (BigInt(at.getTime()) + 11_644_473_600_000n) * 10_000n;

/** "20261124120000.0Z" */
export const generalizedTime = (at: Date) =>
	`${at.toISOString().replace(/\D/g, '').slice(0, 14)}.0Z`;
