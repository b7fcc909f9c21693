import { sleep } from '../../../../shared/ground/clock';
import { cancelled } from '../../../../shared/resilience/deadline';
import type { SalesforceClient } from '../../client';
import type { Job } from './job';
import { abortJob, getJob, hasEnded } from './job';

const FIRST_PAUSE_MS = 500;
const GROWTH = 1.5;
const LONGEST_PAUSE_MS = 20_000;
const ABORT_MS = 10_000;

/**
 * Asks for the state of a job, less and less often, until it has ended. Whoever stops the run stops
 * the job.
 */
export async function jobEnd(client: SalesforceClient, started: Job): Promise<Job> {
	let job = started;
	let pauseMs = FIRST_PAUSE_MS;
	try {
		while (!hasEnded(job)) {
			await sleep(client.clock, pauseMs, client.signal);
			pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * GROWTH);
			job = await getJob(client, job.id);
		}
		return job;
	} catch (error) {
		if (!client.signal.aborted) throw error;
		giveUp(client, job);
		throw cancelled(client.signal, 'maybeDone');
	}
}

/** Nobody waits for it: the run is over. */
export function giveUp(client: SalesforceClient, { id }: Job): void {
	void abortJob(client, id, AbortSignal.timeout(ABORT_MS)).catch(() => {});
}
