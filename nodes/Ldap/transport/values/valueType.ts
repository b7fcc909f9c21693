/** Bytes in a row: what has no text of its own. */
export interface Base64 {
	base64: string;
}

/** A value in a row of output. Undefined is none of them: it means that an expression gave nothing. */
export type RowValue = string | number | boolean | null | Base64;

export interface FileType {
	mimeType: string;
	extension: string;
}

/** How the values of an attribute are written in JSON. */
export interface ValueType {
	/** "a whole number": what a wrong value is not */
	name: string;
	/** its bytes say nothing to people, even where they happen to be text */
	binary?: boolean;
	/** is kept in a file rather than in a row, if wished */
	file?: FileType;
	/** A wrong value may stand in an error message: nobody keeps a password in such an attribute. */
	showable?: boolean;
	/** What does not have the form of the type comes as text, or as bytes. */
	decode(value: Buffer): RowValue;
	/** undefined: the value is none of this type */
	encode(value: unknown): Buffer | undefined;
}

/** Milliseconds since 1970 of a Date or of n8n's DateTime. */
export function instantOf(value: unknown): number | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	if (!(value instanceof Date) && !('toISO' in value)) return undefined;
	const instant = Number(value.valueOf());
	return Number.isNaN(instant) ? undefined : instant;
}
