import type { ExampleOrg, Examples } from './org';
import { numbered } from './org';

/** Organization, request and Apex. */
export function accessExamples(org: ExampleOrg): Examples {
	org.sandbox.org.apex.set('/contract', ({ query }) => ({ body: { n: query.get('n') } }));
	const query = { parameter: [{ name: 'n', value: '={{ $json.n }}' }] };
	return {
		'apex.call': { parameters: { path: '/contract', query }, items: numbered(org) },
		'organization.getLimits': { parameters: {}, items: numbered(org) },
		'organization.getRecordCounts': { parameters: { objects: 'Account' }, items: numbered(org) },
		'organization.getVersions': { parameters: {}, items: numbered(org) },
		'organization.whoAmI': { parameters: {}, items: numbered(org) },
		'request.send': { parameters: { path: '/sobjects' }, items: numbered(org) },
	};
}
