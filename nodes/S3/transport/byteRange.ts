import type { HttpResponse } from '../../shared/transport/http';
import { invalidInput } from './failure';

/** Bytes of an object, counted from 0 and both included, or so many from its end. */
export type ByteRange = { first: number; last?: number } | { lastBytes: number };

/** @throws Failure where no server could answer it */
export function rangeHeader(range: ByteRange): string {
	if ('lastBytes' in range) {
		whole('Last Bytes', range.lastBytes, 1);
		return `bytes=-${range.lastBytes}`;
	}
	const { first, last } = range;
	whole('First Byte', first, 0);
	if (last === undefined) return `bytes=${first}-`;
	whole('Last Byte', last, first);
	return `bytes=${first}-${last}`;
}

function whole(field: string, value: number, least: number): void {
	if (Number.isSafeInteger(value) && value >= least) return;
	throw invalidInput(`"${field}" must be a whole number of ${least} or more, but is ${value}`);
}

/** What an answer brings of an object. */
export interface Span {
	start: number;
	/** exclusive */
	end: number;
	/** of the whole object */
	size: number;
}

/**
 * From Content-Range (RFC 9110 section 14.4), else the whole of Content-Length.
 * @returns `undefined` where it is not the range that was asked for
 */
export function spanOf(
	headers: Record<string, string>,
	range: ByteRange | undefined,
): Span | undefined {
	const [, from, last, total] =
		/^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
	const size = Number(total ?? headers['content-length'] ?? 0);
	const start = Number(from ?? 0);
	const end = last === undefined ? size : Number(last) + 1;
	const wanted = range ? spanIn(range, size) : { start: 0, end: size };
	return start === wanted.start && end === wanted.end ? { start, end, size } : undefined;
}

const spanIn = (range: ByteRange, size: number) =>
	'lastBytes' in range
		? { start: Math.max(0, size - range.lastBytes), end: size }
		: { start: range.first, end: Math.min(size, (range.last ?? Infinity) + 1) };

/** A server (or a cache before it) may answer a range with the whole, or with another range. */
export const beginsAt = (offset: number, { status, headers }: HttpResponse<unknown>): boolean =>
	status === 206 && (headers['content-range'] ?? '').startsWith(`bytes ${offset}-`);
