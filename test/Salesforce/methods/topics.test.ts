import { pickTopics } from '../../../nodes/Salesforce/methods/pickTopics';
import { Failure } from '../../../nodes/shared/resilience/failure';
import type { SalesforceRequest } from '../../../nodes/Salesforce/transport/client';
import { scriptedClient } from '../scriptedClient';
import { object } from './described';

let orgs = 0;
const refusal = new Failure({
	...{
		kind: 'invalid',
		phase: 'rejected',
		code: 'INVALID_TYPE',
		message: 'not supported',
		status: 400,
	},
});

const org = (channels: object[] | Failure) =>
	scriptedClient(
		({ path }: SalesforceRequest) => {
			if (path === '/sobjects')
				return {
					json: {
						sobjects: [
							object('Account', [], {}),
							object('Order__e', [], { label: 'Order' }),
							object('AccountChangeEvent', [], { label: 'Account Change Event' }),
							object('Invoice__ChangeEvent', [], { label: 'Invoice Change Event' }),
						],
					},
				};
			if (channels instanceof Failure) throw channels;
			return { json: { done: true, totalSize: channels.length, records: channels } };
		},
		{ scope: `topics ${orgs++}` },
	);

const topics = async (channels: object[] | Failure, filter = '') =>
	(await pickTopics(org(channels), { filter, after: '', chosen: () => undefined })).results.map(
		({ name, value }) => [name, value],
	);

test('events, changes and channels of the org, as topics', async () => {
	const channel = (DeveloperName: string, ChannelType: string) => ({
		...{ DeveloperName, MasterLabel: `${DeveloperName} label`, ChannelType },
	});
	expect(
		await topics([
			channel('Sales', 'data'),
			channel('Orders', 'event'),
			channel('ChangeEvents', 'data'),
		]),
	).toEqual([
		['Changes of All Selected Objects', '/data/ChangeEvents'],
		['Channel Sales label', '/data/Sales__chn'],
		['Channel Orders label', '/event/Orders__chn'],
		['Changes of Account', '/data/AccountChangeEvent'],
		['Changes of Invoice', '/data/Invoice__ChangeEvent'],
		['Order (Order__e)', '/event/Order__e'],
	]);
});

test('who may not ask for channels sees the others, also by a part of their names', async () => {
	expect(await topics(refusal, 'invoice')).toEqual([
		['Changes of Invoice', '/data/Invoice__ChangeEvent'],
	]);
	expect(await topics(refusal, '__e')).toEqual([['Order (Order__e)', '/event/Order__e']]);
});
