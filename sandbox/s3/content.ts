/** Number of bytes in a list of chunks. */
export function byteLength(chunks: readonly Buffer[]): number {
	return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

/** The bytes from `start` up to and without `end`, sharing memory with the given chunks. */
export function sliceChunks(chunks: readonly Buffer[], start: number, end: number): Buffer[] {
	const slices: Buffer[] = [];
	let offset = 0;
	for (const chunk of chunks) {
		const from = Math.max(start - offset, 0);
		const to = Math.min(end - offset, chunk.length);
		if (from < to) slices.push(chunk.subarray(from, to));
		offset += chunk.length;
		if (offset >= end) break;
	}
	return slices;
}
