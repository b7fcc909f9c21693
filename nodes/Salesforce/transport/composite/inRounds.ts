import { backoffMs } from '../../../shared/ground/backoff';
import { sleep } from '../../../shared/ground/clock';
import { cancelled } from '../../../shared/resilience/deadline';
import { Failure, isPassing, toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';

/** Not done, and not to blame: it may be sent again with others. */
export const notDone = Symbol('not done');

export interface Rounds<Task, Value> {
	/** the tasks at the beginning of the list that go into one request; one at least */
	packOf(tasks: Task[]): Task[];
	/** one request: what became of each task, in order; what it throws is the failure of them all */
	send(tasks: Task[]): Promise<Array<Value | Failure | typeof notDone>>;
	/** told of what became of a task as soon as that is final */
	settle?(task: Task, result: Value | Failure): Promise<void>;
}

/**
 * Sends tasks, many in one request, each of which succeeds or fails as a whole. Those that failed for
 * a passing reason (UNABLE_TO_LOCK_ROW) are sent again, and only they.
 * @returns what became of each task, in order; it does not reject
 */
export async function inRounds<Task extends object, Value>(
	client: SalesforceClient,
	tasks: Task[],
	{ packOf, send, settle }: Rounds<Task, Value>,
): Promise<Array<Value | Failure>> {
	const results = new Map<Task, Value | Failure>();
	const end = async (task: Task, result: Value | Failure) => {
		results.set(task, result);
		await settle?.(task, result);
	};
	let refused: Failure | undefined;
	let pending = tasks;
	for (let round = 1; pending.length > 0; round++) {
		const later: Task[] = [];
		const isLast = round >= client.maxAttempts;
		while (pending.length > 0) {
			const pack = packOf(pending);
			const rest = pending.slice(pack.length);
			if (client.signal.aborted) refused ??= cancelled(client.signal, 'notSent');
			const told = refused?.inPhase('notSent') ?? (await send(pack).catch(toFailure));
			const left: Task[] = [];
			for (const [n, task] of pack.entries()) {
				const result = told instanceof Failure ? told : (told[n] ?? unanswered());
				if (result === notDone) left.push(task);
				else if (!isLast && !(told instanceof Failure) && mayGoAgain(result)) later.push(task);
				else await end(task, result);
			}
			// The other requests would hear the same.
			if (told instanceof Failure && told.scope === 'credential') refused ??= told;
			if (left.length < pack.length) pending = [...left, ...rest];
			else {
				for (const task of left) await end(task, unanswered());
				pending = rest;
			}
		}
		pending = later;
		if (later.length > 0) await pause(client, round);
	}
	return tasks.map((task) => results.get(task) ?? unanswered());
}

const mayGoAgain = (result: unknown): boolean =>
	result instanceof Failure && isPassing(result) && result.phase === 'rejected';

async function pause({ clock, signal }: SalesforceClient, round: number): Promise<void> {
	const pauseMs = backoffMs(round, { throttled: true, random: Math.random() });
	// Whoever was stopped meanwhile sees it before the next request.
	await sleep(clock, pauseMs, signal).catch(() => {});
}

const unanswered = () =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'UNREADABLE_ANSWER',
		message: 'Salesforce answered, but without a result for this item',
	});
