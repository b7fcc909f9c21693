import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { publish } from './publish.operation';

export const event: Resource<SalesforceClient> = {
	name: 'Event',
	value: 'event',
	operations: [publish],
};
