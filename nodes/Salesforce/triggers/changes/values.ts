import { createHash } from 'node:crypto';
import type { Row } from '../../transport/query/records';
import { shortId } from '../../transport/changes/rows';

/** Records whose values are remembered: about 200 kB with three fields. */
export const MOST_RECORDS = 20_000;

// 30 bits for each field: of a thousand million changes one is overlooked.
const LENGTH = 5;

/** What some fields of records were, as short fingerprints; of records that were not heard of for longest nothing. */
export class Values {
	constructor(
		readonly fields: string[],
		readonly known = new Map<string, string>(),
	) {}

	/** Which of the fields have another value than before; undefined where nothing is known of it. */
	changed(id: string, record: Row): string[] | undefined {
		const before = this.known.get(shortId(id));
		if (before === undefined) return undefined;
		return this.fields.filter(
			(name, n) => before.slice(n * LENGTH, (n + 1) * LENGTH) !== short(record[name]),
		);
	}

	learn(id: string, record: Row): void {
		if (this.fields.length === 0) return;
		const key = shortId(id);
		this.known.delete(key);
		this.known.set(key, this.fields.map((name) => short(record[name])).join(''));
		const [oldest] = this.known.size > MOST_RECORDS ? this.known.keys() : [];
		if (oldest !== undefined) this.known.delete(oldest);
	}

	forget(id: string): void {
		this.known.delete(shortId(id));
	}
}

const short = (value: unknown): string =>
	createHash('sha256')
		.update(JSON.stringify(value ?? null))
		.digest('base64url')
		.slice(0, LENGTH);
