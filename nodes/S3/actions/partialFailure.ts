import type { IBinaryData, INodeProperties } from 'n8n-workflow';
import { Readable } from 'node:stream';
import type { Item } from '../../shared/node/defineOperation';
import { Failure, worse } from '../../shared/resilience/failure';

/** One of many objects for which something could not be done. */
export interface KeyFailure {
	key: string;
	versionId?: string;
	failure: Failure;
}

/** The same in a row, or in a line of a file. */
export interface FailedKey {
	key: string;
	versionId?: string;
	code: string;
	message: string;
}

export const ifSomeFailField = {
	displayName: 'If Some Fail',
	name: 'ifSomeFail',
	type: 'options',
	options: [
		{
			name: 'Fail',
			value: 'fail',
			description: 'The item fails, and its error says how many and which ones',
		},
		{
			name: 'Report',
			value: 'report',
			description:
				'The item succeeds; its row says how many failed, and a file has a line of JSON for each of them',
		},
	],
	default: 'fail',
	description: 'What to do when something could not be done for all objects',
} as const satisfies INodeProperties;

/** Where the file of "Report" goes. */
export const FAILURES_PROPERTY = 'failures';

const MOST_IN_ROW = 100;
const MOST_IN_MESSAGE = 5;

/** Counts failures, and remembers the first of them: memory must not grow with their number. */
export class Failures {
	count = 0;
	readonly first: KeyFailure[] = [];
	private phase: Failure['phase'] = 'notSent';

	add(failures: KeyFailure[]): void {
		this.count += failures.length;
		for (const { failure } of failures) this.phase = worse(this.phase, failure.phase);
		this.first.push(...failures.slice(0, MOST_IN_ROW - this.first.length));
	}

	/** The first of them, for a row. */
	rows(): FailedKey[] {
		return this.first.map(rowOf);
	}

	/** The failure of the whole. @param summary what became of all */
	failure(summary: string): Failure {
		const shown = this.first
			.slice(0, MOST_IN_MESSAGE)
			.map(({ key, failure }) => `"${key}" (${failure.code}: ${failure.message})`);
		const more = this.count - shown.length;
		const [one] = this.first;
		const failure = new Failure({
			kind: one?.failure.kind ?? 'bug',
			phase: this.phase,
			code: 'PARTIAL_FAILURE',
			message: `${summary}: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
			hint: 'For a list of all of them, set "If Some Fail" to "Report". Running it again does what is left.',
			status: one?.failure.status,
			scope: one?.failure.scope,
			cause: one?.failure,
		});
		const { attempts = 0, firstAt, lastAt } = one?.failure ?? {};
		return Object.assign(failure, { attempts, firstAt, lastAt });
	}
}

const rowOf = ({ key, versionId, failure }: KeyFailure): FailedKey => ({
	key,
	...(versionId && { versionId }),
	code: failure.code,
	message: failure.message,
});

/** Writes all failures into a file while they come in; without any there is no file. */
export async function fileOfFailures(
	pages: AsyncGenerator<KeyFailure[]>,
	item: Item,
): Promise<Record<string, IBinaryData>> {
	let first: KeyFailure[] = [];
	while (first.length === 0) {
		const page = await pages.next();
		if (page.done) return {};
		first = page.value;
	}
	const lines = (page: KeyFailure[]) =>
		Buffer.from(page.map((one) => `${JSON.stringify(rowOf(one))}\n`).join(''));
	async function* all() {
		yield lines(first);
		for await (const page of pages) if (page.length > 0) yield lines(page);
	}
	const body = Readable.from(all(), { objectMode: false });
	const saved = await item.save(body, {
		fileName: 'failures.ndjson',
		mimeType: 'application/x-ndjson',
	});
	return { [FAILURES_PROPERTY]: saved };
}

/** Runs to the end where nobody wants the file. */
export async function drain(pages: AsyncIterable<unknown>): Promise<void> {
	for await (const _page of pages);
}
