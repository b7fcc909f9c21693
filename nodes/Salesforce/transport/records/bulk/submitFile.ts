import type { Failure } from '../../../../shared/resilience/failure';
import { toFailure } from '../../../../shared/resilience/failure';
import type { SalesforceClient } from '../../client';
import type { OpenFile } from './csvFile';
import { FilePart, headOf } from './csvFile';
import type { Job, NewJob } from './job';
import { jobEnd } from './jobEnd';
import { sendJob } from './sendJob';

/**
 * Sends a CSV file as it is, in one job, or in several where it has more than 100 MB.
 * @param form what is not given is read from the first line of the file
 * @param wait until all jobs have ended
 * @throws Failure `maybeDone` where a job was started that nobody knows of
 */
export async function submitFile(
	client: SalesforceClient,
	open: OpenFile,
	form: NewJob,
	wait: boolean,
): Promise<Job[]> {
	const head = await headOf(open);
	const { columnDelimiter, lineEnding } = head;
	const job = { columnDelimiter, lineEnding, ...form };
	const sent: Job[] = [];
	for (let from: number | undefined = head.bytes; from !== undefined;) {
		const part: FilePart = new FilePart(open, head, from);
		try {
			sent.push(await sendJob(client, job, part));
		} catch (error) {
			throw afterOthers(toFailure(error), sent);
		}
		from = part.next;
	}
	if (!wait) return sent;
	try {
		return await Promise.all(sent.map((one) => jobEnd(client, one)));
	} catch (error) {
		throw afterOthers(toFailure(error), sent);
	}
}

function afterOthers(failure: Failure, sent: Job[]): Failure {
	if (sent.length === 0) return failure;
	const ids = sent.map(({ id }) => id).join(', ');
	return failure
		.inPhase('maybeDone')
		.withHint(`These jobs were started: ${ids}. Look at them before the file is sent again.`);
}
