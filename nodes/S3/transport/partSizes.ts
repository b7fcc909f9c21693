import { Failure } from '../../shared/resilience/failure';
import type { Quirks } from './quirks';

const MIB = 1024 * 1024;

// Of the 5 GiB that S3 takes (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html):
// a part is held in memory, to be sent again where it must be.
export const MAX_PART_BYTES = 1024 * MIB;

// A stream of unknown length doubles its parts after each of so many equal shares of the parts that
// the server allows. From 16 MiB on: 16 MiB up to 9.8 GiB, 32 MiB up to 29 GiB, and 6.7 TiB in all.
const SHARES = 16;

/** How large each part is, from index 0 on. The last one is what is left. */
export type PartSizes = (index: number) => number;

/**
 * Parts of the wanted size, or larger where the file would not fit into as many as the server takes.
 * @param size of the file in bytes, where it is known
 */
export function partSizes(quirks: Quirks, wanted: number, size: number | undefined): PartSizes {
	const { equalParts, maxParts, minPartBytes } = quirks;
	const first = Math.max(minPartBytes, Math.min(MAX_PART_BYTES, Math.floor(wanted)));
	if (size !== undefined) {
		const least = Math.ceil(size / maxParts / MIB) * MIB;
		return () => Math.max(first, least);
	}
	if (equalParts) return () => first;
	return (index) =>
		Math.max(first, Math.min(MAX_PART_BYTES, first * 2 ** Math.floor((index * SHARES) / maxParts)));
}

export const tooManyParts = (maxParts: number): Failure =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'TOO_MANY_PARTS',
		message: `The file does not fit into ${maxParts} parts`,
		hint: 'Raise "Part Size".',
	});
