const digit = (byte: number | undefined): number => {
	if (byte === undefined) return -1;
	if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
	const lower = byte | 0x20;
	return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
};

/** The byte two hexadecimal digits stand for, if they are any. */
export function hexByte(bytes: Buffer, at: number): number | undefined {
	const high = digit(bytes[at]);
	const low = digit(bytes[at + 1]);
	return high < 0 || low < 0 ? undefined : high * 16 + low;
}
