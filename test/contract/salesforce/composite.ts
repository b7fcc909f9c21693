import type { ExampleOrg, Examples } from './org';
import { numbered } from './org';

/** Composite requests, and what the org says of its objects. */
export function compositeExamples(org: ExampleOrg): Examples {
	const requests = {
		specifyRequests: 'json',
		requestsJson:
			'=[{ "method": "POST", "url": "/sobjects/Account", "referenceId": "made", "body": { "Name": "Composite {{ $json.n }}" } }]',
	};
	const object = { __rl: true, mode: 'name', value: 'Account' };
	return {
		'composite.batch': {
			parameters: {
				method: 'GET',
				url: '=/query?q=SELECT Id FROM Account LIMIT {{ $json.n + 1 }}',
			},
			items: numbered(org),
		},
		'composite.execute': { parameters: requests, items: numbered(org) },
		'composite.graph': { parameters: requests, items: numbered(org) },
		'composite.tree': {
			parameters: {
				object,
				record: '={{ { Name: `Tree ${$json.n}`, Contacts: [{ LastName: "Leaf" }] } }}',
			},
			items: numbered(org),
		},
		// Of fields, some have values of several types.
		'organization.describeObject': {
			parameters: { object, part: 'recordTypeInfos' },
			items: numbered(org),
		},
		'organization.getObjects': { parameters: { search: 'Account' }, items: numbered(org) },
	};
}
