import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { convert } from './convert.operation';

export const lead: Resource<SalesforceClient> = {
	name: 'Lead',
	value: 'lead',
	operations: [convert],
};
