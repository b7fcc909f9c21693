import type { Verb } from '../record';
import { externalIdKey, shortId } from '../record';
import { EMPTIED } from './csvForm';
import { keyOf, PlaceIndex } from './placeIndex';

/**
 * Finds the rows again in the results of a job, which come in any order and without numbers: by
 * their ID, by their external ID, or, where records are new, by all their values. Rows that are the
 * same in all values are given their results in any order.
 */
export class Pairing {
	private index = new PlaceIndex();

	/** @param columns names of the columns that were sent, the key first */
	constructor(
		private readonly verb: Verb,
		private readonly columns: string[],
	) {}

	add(place: number, cells: string[]): void {
		this.index.add(keyOf(this.textOf(cells)), place);
	}

	clear(): void {
		this.index = new PlaceIndex();
	}

	/**
	 * Reads one file of results.
	 * @param header of the file
	 */
	file(header: string[]): ResultFile {
		const lower = header.map((name) => name.toLowerCase());
		const order = this.columns.map((name) => lower.indexOf(name.toLowerCase()));
		const look = this.index.look();
		return {
			place: (row) => look.next(keyOf(this.textOf(order.map((at) => row[at] ?? '')))),
			complete: look.keep,
		};
	}

	private textOf(cells: string[]): string {
		const [first = ''] = cells;
		if (this.verb === 'upsert') return externalIdKey(first);
		if (this.verb !== 'create') return shortId(first.trim());
		return cells.map(sameOf).join('\0');
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
