import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { call } from './call.operation';

export const apex: Resource<SalesforceClient> = {
	name: 'Apex',
	value: 'apex',
	operations: [call],
};
