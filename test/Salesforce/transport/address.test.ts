import type { INode } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import { ResilientSalesforceOAuth2Api } from '../../../credentials/ResilientSalesforceOAuth2Api.credentials';
import type { AddressFields } from '../../../nodes/Salesforce/transport/address';
import { loginUrl } from '../../../nodes/Salesforce/transport/address';

const { properties } = new ResilientSalesforceOAuth2Api();

/** What n8n makes of a hidden field of the credential. */
function computed(field: string, given: object): unknown {
	const written = properties.find(({ name }) => name === field)?.default;
	const types = { getByNameAndVersion: () => ({ description: { properties: [] } }) };
	const { expression } = new Workflow({
		...{ nodes: [], connections: {}, active: false },
		nodeTypes: types as never,
	});
	const node = { name: 'E', parameters: {} } as unknown as INode;
	const values = { field: written as string };
	const defaults = Object.fromEntries(properties.map((one) => [one.name, one.default]));
	const result = expression.getComplexParameterValue(
		...[
			node,
			values,
			'internal' as const,
			{},
			undefined,
			undefined,
			{ ...defaults, ...given } as never,
		],
	);
	return (result as { field: unknown }).field;
}

test.each<[AddressFields, string]>([
	[{}, 'https://login.salesforce.com'],
	[{ environment: 'sandbox' }, 'https://test.salesforce.com'],
	[{ myDomain: 'https://mycompany.my.salesforce.com' }, 'https://mycompany.my.salesforce.com'],
	[{ myDomain: 'mycompany.my.salesforce.com' }, 'https://mycompany.my.salesforce.com'],
	[{ myDomain: ' https://mycompany.my.salesforce.com/ ' }, 'https://mycompany.my.salesforce.com'],
	[
		{ myDomain: 'https://mycompany.lightning.force.com/lightning/page/home?x=1' },
		'https://mycompany.my.salesforce.com',
	],
	[
		{ myDomain: 'mycompany--dev.sandbox.lightning.force.com', environment: 'production' },
		'https://mycompany--dev.sandbox.my.salesforce.com',
	],
	[{ myDomain: 'http://127.0.0.1:8080' }, 'http://127.0.0.1:8080'],
	[{ myDomain: 'http://localhost:8080/x' }, 'http://localhost:8080'],
	[{ myDomain: 'http://[::1]:8080' }, 'http://[::1]:8080'],
])('%j is at %s, for this node and for n8n', (given, address) => {
	expect(loginUrl(given)).toBe(address);
	expect(computed('authUrl', given)).toBe(`${address}/services/oauth2/authorize`);
	expect(computed('accessTokenUrl', given)).toBe(`${address}/services/oauth2/token`);
});

test.each([
	'http://mycompany.my.salesforce.com',
	'http://127.0.0.1.evil.example.com',
	'http://localhost.evil.example',
])('%s would get secrets in plain text', (myDomain) => {
	expect(() => loginUrl({ myDomain })).toThrow(/not encrypted/);
	expect(computed('accessTokenUrl', { myDomain })).toMatch(/^https:/);
});

test.each(['ftp://mycompany.my.salesforce.com', 'https://', 'my company'])(
	'"%s" is no address',
	(myDomain) => {
		expect(() => loginUrl({ myDomain })).toThrow(/"My Domain" is/);
	},
);

test('client credentials ask for no scope: Salesforce refuses the parameter', () => {
	expect(computed('scope', { grantType: 'clientCredentials' })).toBe('');
	expect(computed('scope', { grantType: 'pkce' })).toBe('api refresh_token');
});
