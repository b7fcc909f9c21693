import type { ExampleOrg, Examples } from './org';
import { numbered } from './org';

/** Platform events. */
export const eventExamples = (org: ExampleOrg): Examples => ({
	'event.publish': {
		parameters: {
			object: { __rl: true, mode: 'name', value: 'Order__e' },
			fields: { mappingMode: 'defineBelow', value: { Order_Number__c: '=N{{ $json.n }}' } },
		},
		items: numbered(org),
	},
});
