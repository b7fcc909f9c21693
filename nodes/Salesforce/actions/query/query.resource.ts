import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { run } from './run.operation';
import { search } from './search.operation';

export const query: Resource<SalesforceClient> = {
	name: 'Query',
	value: 'query',
	operations: [run, search],
};
