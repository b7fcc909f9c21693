import { defineBatchOperation } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import { sendBatch } from '../../transport/composite/sendBatch';
import { MOST_SUBREQUESTS } from '../../transport/composite/sendComposite';
import { grouped } from '../grouped';
import { bodyField, methodField, urlField } from './fields';

export const batch = defineBatchOperation({
	name: 'Execute Batch',
	value: 'batch',
	action: 'Execute independent requests',
	description:
		'Send the requests of all items, 25 in one call. Each item has its own result. They may change or delete data.',
	repeatable: false,
	properties: [methodField, { ...urlField, required: true }, bodyField],
	batchSize: MOST_SUBREQUESTS,
	async executeAll(salesforce: SalesforceClient, inputs) {
		return await grouped(inputs, {
			prepare: ({ method, url, body }) => {
				if (/^https?:/i.test(url.trim()))
					throw invalidInput(
						`"URL" is "${url}"`,
						'Write the path only: it goes to the org of the credential, as in /sobjects/Account.',
					);
				return { method, url, body };
			},
			// A call of reads only is sent again where its answer is lost.
			keyOf: ({ method }) => (method === 'GET' ? 'reads' : 'writes'),
			send: async (group) => await sendBatch(salesforce, group),
		});
	},
});
