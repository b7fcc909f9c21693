import { backoffMs } from '../../../../shared/ground/backoff';
import { sleep } from '../../../../shared/ground/clock';
import type { Failure } from '../../../../shared/resilience/failure';
import { isPassing, toFailure } from '../../../../shared/resilience/failure';
import type { Readable } from 'node:stream';
import type { SalesforceClient } from '../../client';
import type { Job, NewJob } from './job';
import { abortJob, closeJob, createJob, uploadData } from './job';
import { giveUp } from './jobEnd';

/**
 * Makes a job and gives it its data. Until it is closed, Salesforce does nothing with them: where an
 * upload fails half-way or its answer is lost, that job is aborted and a new one is made.
 * @param data the same each time
 * @throws Failure `maybeDone` only where nobody knows whether the job was closed
 */
export async function sendJob(
	client: SalesforceClient,
	job: NewJob,
	data: { body(): Readable },
): Promise<Job> {
	for (let attempt = 1; ; attempt++) {
		const open = await createJob(client, job).catch((error) => {
			throw nothingDone(error);
		});
		try {
			await uploadData(client, open, () => data.body());
		} catch (error) {
			const failure = nothingDone(error);
			if (client.signal.aborted) giveUp(client, open);
			else await abortJob(client, open.id).catch(() => {});
			if (!isPassing(failure) || client.signal.aborted || attempt >= client.maxAttempts)
				throw failure;
			const pauseMs = backoffMs(attempt, { throttled: false, random: Math.random() });
			await sleep(client.clock, pauseMs, client.signal).catch(() => {});
			continue;
		}
		return await close(client, open);
	}
}

async function close(client: SalesforceClient, open: Job): Promise<Job> {
	try {
		return await closeJob(client, open);
	} catch (error) {
		const failure = toFailure(error);
		if (failure.phase !== 'maybeDone') {
			await abortJob(client, open.id).catch(() => {});
			throw failure;
		}
		throw failure.withHint(
			`Job ${open.id} has the record, and may have been started. Look at it with the operation "Get" of Job before the item is sent again.`,
		);
	}
}

/** A job that was not closed has no effect, whatever became of the request. */
function nothingDone(error: unknown): Failure {
	const failure = toFailure(error);
	return failure.phase === 'maybeDone' ? failure.inPhase('rejected') : failure;
}
