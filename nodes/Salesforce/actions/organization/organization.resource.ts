import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { describeObject } from './describeObject.operation';
import { getLimits } from './getLimits.operation';
import { getObjects } from './getObjects.operation';
import { getRecordCounts } from './getRecordCounts.operation';
import { getVersions } from './getVersions.operation';
import { whoAmI } from './whoAmI.operation';

export const organization: Resource<SalesforceClient> = {
	name: 'Organization',
	value: 'organization',
	operations: [describeObject, getLimits, getObjects, getRecordCounts, getVersions, whoAmI],
};
