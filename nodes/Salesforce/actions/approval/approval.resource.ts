import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { approve } from './approve.operation';
import { getMany } from './getMany.operation';
import { reject } from './reject.operation';
import { submit } from './submit.operation';

export const approval: Resource<SalesforceClient> = {
	name: 'Approval',
	value: 'approval',
	operations: [approve, getMany, reject, submit],
};
