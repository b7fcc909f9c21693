import { compareKeys } from '../sortedKeys.ts';

export interface Page<Entry> {
	entries: Entry[];
	prefixes: string[];
	/** The last name on the page, when there is more. */
	next?: string;
}

/**
 * Named entries in order, from the first name for which a condition holds; it holds for all names
 * behind it too.
 */
export type Source<Entry> = (
	holds: (name: string) => boolean,
) => Iterable<readonly [name: string, entry: Entry]>;

/** The common prefix that stands for a name. */
function rolledUp(name: string, prefix: string, delimiter: string): string | undefined {
	if (delimiter === '' || !name.startsWith(prefix)) return undefined;
	const at = name.indexOf(delimiter, prefix.length);
	return at < 0 ? undefined : name.slice(0, at + delimiter.length);
}

/**
 * One page of names in order. Names that share `prefix` and have the delimiter behind it are rolled
 * up into one common prefix, which counts as one; what is rolled up is jumped over, so that a folder
 * of any size costs one step.
 * @param options.after the last name of the page before (a key, or a common prefix that is done with)
 */
export function pageOf<Entry>(
	source: Source<Entry>,
	options: { prefix: string; delimiter: string; after: string; max: number },
): Page<Entry> {
	const { prefix, delimiter, after, max } = options;
	const page: Page<Entry> = { entries: [], prefixes: [] };
	let last: string | undefined;
	let done = rolledUp(after, prefix, delimiter) === after ? after : undefined;
	let holds = (name: string) => compareKeys(name, prefix) >= 0 && compareKeys(name, after) > 0;
	for (;;) {
		const behind = done;
		const start = holds;
		if (behind !== undefined) {
			holds = (name) => start(name) && compareKeys(name, behind) > 0 && !name.startsWith(behind);
		}
		done = undefined;
		for (const [name, entry] of source(holds)) {
			if (!name.startsWith(prefix)) break;
			const rolled = rolledUp(name, prefix, delimiter);
			if (page.entries.length + page.prefixes.length >= max) {
				if (last !== undefined) page.next = last;
				return page;
			}
			last = rolled ?? name;
			if (rolled === undefined) {
				page.entries.push(entry);
				continue;
			}
			page.prefixes.push(rolled);
			done = rolled;
			break;
		}
		if (done === undefined) return page;
	}
}
