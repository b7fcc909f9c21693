import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { getLimits } from './getLimits.operation';
import { getRecordCounts } from './getRecordCounts.operation';
import { getVersions } from './getVersions.operation';
import { whoAmI } from './whoAmI.operation';

export const organization: Resource<SalesforceClient> = {
	name: 'Organization',
	value: 'organization',
	operations: [getLimits, getRecordCounts, getVersions, whoAmI],
};
