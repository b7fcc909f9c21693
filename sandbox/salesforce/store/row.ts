/** The parts of an address. */
export type Compound = { readonly [part: string]: Value | undefined };

/**
 * A value of a field. Dates are "2026-11-26", times of day "10:00:00.000Z", moments
 * "2026-11-26T03:22:38.000+0000": their order as text is their order in time.
 */
export type Value = string | number | boolean | null | Buffer | Compound;

/** A record. Fields without a value are absent or null. */
export interface Row {
	/** 18 characters. */
	readonly id: string;
	/** Name of the object as the schema spells it. */
	readonly object: string;
	/** By the names of the schema. Changed by the store alone. */
	values: Record<string, Value>;
}

/** Whether a record lies in the recycle bin. */
export const isDeleted = ({ values }: Row): boolean => values.IsDeleted === true;
