import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { versionsIn } from '../../transport/versions';

export const getVersions = defineOperation({
	name: 'Get Versions',
	value: 'getVersions',
	action: 'Get the versions that the org knows',
	description: 'Get the versions of the API that the org knows, and which one this node uses',
	repeatable: true,
	properties: [],
	async execute(salesforce: SalesforceClient) {
		const used = await salesforce.version();
		const request = { operation: 'Get versions', path: '/services/data' };
		const versions = await salesforce.call(request, ({ json }) => versionsIn(json));
		return versions.map((one) => ({ ...one, used: one.version === used }));
	},
});
