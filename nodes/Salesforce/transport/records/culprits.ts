import type { Failure } from '../../../shared/resilience/failure';
import type { Ready } from './collections';

/**
 * Which rows made Salesforce refuse a whole request: it names the line (each record has its own, the
 * first stands in line 2), or the field that it does not know.
 * @returns their places; empty where the failure is not that of single rows
 */
export function culpritsOf({ phase, status, message, kind }: Failure, rows: Ready[]): Set<number> {
	if (phase !== 'rejected' || kind !== 'invalid' || status !== 400) return new Set();
	const [, line] = /\[line: ?(\d+), column: ?\d+\]/.exec(message) ?? [];
	if (line !== undefined) {
		const place = Number(line) - 2;
		return new Set(rows[place] ? [place] : []);
	}
	const [, field] = /No such column '([^']+)' on (?:sobject of type|entity)/.exec(message) ?? [];
	if (field === undefined) return new Set();
	const name = field.toLowerCase();
	const places = [...rows.keys()].filter((n) =>
		Object.keys(rows[n]?.row.fields ?? {}).some((known) => known.toLowerCase() === name),
	);
	return new Set(places);
}
