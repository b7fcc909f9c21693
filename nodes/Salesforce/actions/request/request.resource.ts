import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { send } from './send.operation';

export const request: Resource<SalesforceClient> = {
	name: 'Request',
	value: 'request',
	operations: [send],
};
