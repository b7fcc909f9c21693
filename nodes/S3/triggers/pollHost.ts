import type { INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';
import { fingerprint } from '../../shared/ground/fingerprint';
import { triggerHost } from '../../shared/node/triggerHost';
import type { S3Client } from '../transport/client';
import { fillContent } from './content';
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
	const host = triggerHost(context);
	return {
		...host,
		connect,
		note: (text) => context.logger.warn(`${context.getNode().name}: ${text}`),
		run: async (s3, events, id) => await host.run(await itemsOf(context, s3, items, events), id),
	};
};

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
