import { systemClock } from '../../shared/ground/clock';
import type { Calls } from './calls';
import type { Listening } from './client';
import type { Connection } from './connection';
import { sameDn } from './dn';
import { Code } from './message';
import type { SearchAnswer } from './message';
import { ping } from './pool';
import { searchRequest } from './requests';
import type { Search } from './search';

// Firewalls forget connections without telling either side, and nothing may happen for days.
const PING_EVERY_MS = 60_000;

/** A search that stays open; see `LdapClient.listen`. */
export async function* listen(calls: Calls, search: Search, signal: AbortSignal): Listening {
	const what = { doing: 'Search', dn: search.base };
	const connection = await calls.through(
		'Listen',
		true,
		async (of) => await calls.dedicated(of, what),
	);
	const stopPings = keepAlive(connection, signal);
	try {
		const operation = searchRequest(search, search.sizeLimit ?? 0);
		const stream = connection.search(operation, search.controls);
		for (;;) {
			const answers = await stream.next(signal, 0);
			if (Array.isArray(answers)) yield answers.filter((answer) => !isTop(answer, search));
			else if (answers.code === Code.success) return { controls: answers.controls };
			else throw calls.failureOf(answers, 'Search', search.base);
		}
	} finally {
		stopPings();
		connection.end();
	}
}

/** Whether it tells of the entry that "everything below" does not mean. */
const isTop = (answer: SearchAnswer, { without }: Search): boolean =>
	without !== undefined && answer.type === 'entry' && sameDn(answer.entry.dn, without);

/** A server that does not answer any more ends the search with a Failure. */
function keepAlive(connection: Connection, signal: AbortSignal): () => void {
	const next = () =>
		systemClock.timer(PING_EVERY_MS, () => {
			if (connection.closed) return;
			// The failure reaches whoever listens.
			ping(connection, signal).catch(() => {});
			stop = next();
		});
	let stop = next();
	return () => stop();
}
