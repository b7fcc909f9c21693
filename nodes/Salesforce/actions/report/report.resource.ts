import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { exportOperation } from './export.operation';
import { getMany } from './getMany.operation';
import { run } from './run.operation';

export const report: Resource<SalesforceClient> = {
	name: 'Report',
	value: 'report',
	operations: [exportOperation, getMany, run],
};
