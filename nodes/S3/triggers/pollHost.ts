import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';
import { systemClock } from '../../shared/ground/clock';
import { fingerprint } from '../../shared/ground/fingerprint';
import { knowsDeduplicationKeys, saveFailedExecutionOf } from '../../shared/node/compat';
import { nodeError } from '../../shared/node/nodeError';
import type { S3Client } from '../transport/client';
import { fillContent } from './content';
import type { RunOutcome } from './memory';
import type { PollHost } from './poller';
import type { ObjectEvent } from './watch';

/** How events become items. */
export interface ItemSettings {
	bucket: string;
	/** binary property for the content; `undefined`: no content */
	content?: string;
}

/** n8n as the poller sees it. */
export const pollHost = (
	context: ITriggerFunctions,
	items: ItemSettings,
	connect: PollHost['connect'],
): PollHost => {
	const memory = context.getWorkflowStaticData('node');
	return {
		clock: systemClock,
		name: `s3Trigger ${context.getWorkflow().id} ${context.getNode().id}`,
		connect,
		load: () => memory.state,
		keep: (text) => void (memory.state = text),
		knowsIds: knowsDeduplicationKeys(context),
		run: async (s3, events, id) => {
			const made = await itemsOf(context, s3, items, events);
			const done = context.helpers.createDeferredPromise<IRun | undefined>();
			// n8n writes down the memory first, then the run.
			context.emit([made], undefined, done as typeof done & { promise: Promise<IRun> }, id);
			return await endOf(done.promise);
		},
		report: (failure, redact) => {
			const error = nodeError(context.getNode(), failure, undefined, '', redact);
			const save = saveFailedExecutionOf(context);
			if (save) save(error);
			else context.logger.error(`${context.getNode().name}: ${error.message}`);
		},
	};
};

async function endOf(done: Promise<IRun | undefined>): Promise<RunOutcome> {
	try {
		const run = await done;
		// n8n has had a run of this id.
		if (run === undefined) return 'unknown';
		return run.status === 'success' ? 'succeeded' : 'failed';
	} catch (error) {
		// There was a run, and somebody stopped it.
		if (error instanceof Error && /cancel/i.test(`${error.name} ${error.message}`)) return 'failed';
		throw error;
	}
}

/** The items of some events, with the content of the objects where it is wanted. */
export async function itemsOf(
	{ helpers }: ITriggerFunctions,
	s3: S3Client,
	{ bucket, content }: ItemSettings,
	events: ObjectEvent[],
): Promise<INodeExecutionData[]> {
	const items = events.map((event): INodeExecutionData => {
		const eventId = fingerprint([bucket, event]).slice(0, 32);
		return { json: { ...event, bucket, eventId } };
	});
	if (content === undefined) return items;
	const objects = events.flatMap(({ event, key }, n) => {
		const item = items[n];
		return item && event !== 'deleted' ? [{ bucket, key, item }] : [];
	});
	await fillContent(helpers, s3, content, objects);
	return items;
}
