import type { SalesforceClient } from './client';
import { firstRow } from './query/firstRow';
import type { Row } from './query/records';

/** The org and the user that a credential stands for. */
export interface Identity {
	organizationId: string;
	organizationName: string;
	/** "Enterprise Edition" */
	edition: string;
	/** "NA123" */
	instance: string;
	instanceUrl: string;
	isSandbox: boolean;
	userId: string;
	username: string;
	userName: string;
	apiVersion: string;
	/** of the last 24 hours; 0 where the org does not say it */
	apiRequestsUsed: number;
	apiRequestsAllowed: number;
}

/** Works with the scope "api" alone, which the endpoints of OpenID Connect do not. */
export async function whoAmI(salesforce: SalesforceClient): Promise<Identity> {
	const { instanceUrl } = await salesforce.session();
	const { organizationId, userId } = await idsOf(salesforce);
	const [organization, user] = await Promise.all([
		firstRow(
			salesforce,
			'SELECT Id, Name, OrganizationType, InstanceName, IsSandbox FROM Organization LIMIT 1',
		),
		firstRow(salesforce, `SELECT Id, Name, Username FROM User WHERE Id = '${userId}'`),
	]);
	const { used = 0, allowed = 0 } = salesforce.apiUse ?? {};
	return {
		organizationId: organizationId || text(organization, 'Id'),
		organizationName: text(organization, 'Name'),
		edition: text(organization, 'OrganizationType'),
		instance: text(organization, 'InstanceName'),
		instanceUrl,
		isSandbox: organization?.IsSandbox === true,
		userId,
		username: text(user, 'Username'),
		userName: text(user, 'Name'),
		apiVersion: await salesforce.version(),
		apiRequestsUsed: used,
		apiRequestsAllowed: allowed,
	};
}

/**
 * The list of resources names the user: "https://login.salesforce.com/id/<organization>/<user>".
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_discoveryresource.htm
 */
async function idsOf(salesforce: SalesforceClient) {
	const request = { operation: 'Get resources', path: '/' };
	return await salesforce.call(request, ({ json }) => {
		const identity = text(recordIn(json), 'identity');
		const [, organizationId = '', userId = ''] = /\/id\/(\w+)\/(\w+)/.exec(identity) ?? [];
		return { organizationId, userId };
	});
}

const recordIn = (value: unknown): Row | undefined =>
	typeof value === 'object' && value !== null ? { ...value } : undefined;

function text(row: Row | undefined, name: string): string {
	const value = row?.[name];
	return typeof value === 'string' ? value : '';
}
