import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { abort } from './abort.operation';
import { get } from './get.operation';
import { getMany } from './getMany.operation';
import { getResults } from './getResults.operation';
import { submit } from './submit.operation';

export const job: Resource<SalesforceClient> = {
	name: 'Bulk Job',
	value: 'job',
	operations: [abort, get, getMany, getResults, submit],
};
