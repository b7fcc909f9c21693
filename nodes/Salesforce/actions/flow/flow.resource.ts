import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { getMany } from './getMany.operation';
import { invoke } from './invoke.operation';

export const flow: Resource<SalesforceClient> = {
	name: 'Flow',
	value: 'flow',
	operations: [getMany, invoke],
};
