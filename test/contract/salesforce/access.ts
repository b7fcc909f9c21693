import type { ExampleOrg, Examples } from './org';
import { numbered } from './org';

/** Organization, request and Apex. */
export function accessExamples(org: ExampleOrg): Examples {
	// What an answer holds is not the node's to say: these have no body.
	org.sandbox.org.apex.set('/contract', () => ({}));
	const query = { parameter: [{ name: 'n', value: '={{ $json.n }}' }] };
	const account = org.sandbox.store.insert('Account', { Name: 'Requests' });
	const patch = { method: 'PATCH', path: `/sobjects/Account/${account}`, body: 'json' };
	return {
		'apex.call': { parameters: { path: '/contract', query }, items: numbered(org) },
		'organization.getLimits': { parameters: {}, items: numbered(org) },
		'organization.getRecordCounts': { parameters: { objects: 'Account' }, items: numbered(org) },
		'organization.getVersions': { parameters: {}, items: numbered(org) },
		'organization.whoAmI': { parameters: {}, items: numbered(org) },
		'request.send': {
			parameters: { ...patch, json: '={ "Name": "Requests {{ $json.n }}" }' },
			items: numbered(org),
		},
	};
}
