import { toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { withQuery } from '../path';
import { pageOf } from '../query/page';

/** A channel that somebody has put together in this org. */
export interface Channel {
	/** "/event/Orders__chn", "/data/Sales__chn" */
	topic: string;
	label: string;
}

const SOQL = 'SELECT DeveloperName, MasterLabel, ChannelType FROM PlatformEventChannel';

// INVALID_TYPE, INSUFFICIENT_ACCESS, NOT_FOUND.
const NOT_ALLOWED = new Set([400, 403, 404]);

/**
 * https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/tooling_api_objects_platformeventchannel.htm
 * @returns none where the user may not ask for them: that takes more rights than to listen
 */
export async function customChannels(client: SalesforceClient): Promise<Channel[]> {
	const request = {
		operation: 'Query channels',
		path: withQuery('/tooling/query/', { q: SOQL }),
	};
	try {
		return await client.call(request, ({ json }) =>
			pageOf(json).records.flatMap(
				({ DeveloperName: name, MasterLabel: label, ChannelType: type }) =>
					typeof name !== 'string' || name === 'ChangeEvents'
						? []
						: [
								{
									topic: `/${type === 'event' ? 'event' : 'data'}/${name}__chn`,
									label: String(label),
								},
							],
			),
		);
	} catch (error) {
		if (NOT_ALLOWED.has(toFailure(error).status ?? 0)) return [];
		throw error;
	}
}
