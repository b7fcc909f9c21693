import { createHash } from 'node:crypto';
import type { Verb } from '../record';
import { externalIdKey, shortId } from '../record';
import { EMPTIED } from './csvForm';

/**
 * Finds the rows again in the results of a job, which come in any order and without numbers: by
 * their ID, by their external ID, or, where records are new, by all their values. Rows that are the
 * same in all values are given their results in any order.
 */
export class Pairing {
	private readonly places = new Map<string, number | number[]>();
	/** how many results of rows that are the same were read from complete files */
	private given = new Map<string, number>();

	/** @param columns names of the columns that were sent, the key first */
	constructor(
		private readonly verb: Verb,
		private readonly columns: string[],
	) {}

	add(place: number, cells: string[]): void {
		const key = this.keyOf(cells);
		const known = this.places.get(key);
		if (known === undefined) this.places.set(key, place);
		else if (typeof known === 'number') this.places.set(key, [known, place]);
		else known.push(place);
	}

	clear(): void {
		this.places.clear();
	}

	/**
	 * Reads one file of results.
	 * @param header of the file
	 */
	file(header: string[]): ResultFile {
		const lower = header.map((name) => name.toLowerCase());
		const order = this.columns.map((name) => lower.indexOf(name.toLowerCase()));
		const given = new Map(this.given);
		return {
			place: (row) => {
				const key = this.keyOf(order.map((at) => row[at] ?? ''));
				const places = this.places.get(key);
				if (typeof places !== 'object') return places;
				const n = given.get(key) ?? 0;
				given.set(key, n + 1);
				return places[n];
			},
			complete: () => {
				this.given = given;
			},
		};
	}

	private keyOf(cells: string[]): string {
		const [first = ''] = cells;
		if (this.verb === 'upsert') return externalIdKey(first);
		if (this.verb !== 'create') return shortId(first.trim());
		const hash = createHash('sha1');
		for (const cell of cells) hash.update(`${sameOf(cell)}\0`);
		return hash.digest('base64');
	}
}

export interface ResultFile {
	/** where the row stood, or undefined for a row that was never sent */
	place(row: string[]): number | undefined;
	/** It was read to its end: what it gave is not given again. */
	complete(): void;
}

/** What the server may write differently without meaning anything else. */
const sameOf = (cell: string) => {
	const text = cell.replaceAll('\r\n', '\n').trim();
	return text === EMPTIED ? '' : text;
};
