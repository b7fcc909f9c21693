import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { create } from './create.operation';
import { deleteOperation } from './delete.operation';
import { get } from './get.operation';
import { getMany } from './getMany.operation';
import { update } from './update.operation';
import { upsert } from './upsert.operation';

export const record: Resource<SalesforceClient> = {
	name: 'Record',
	value: 'record',
	preselected: true,
	operations: [create, upsert, deleteOperation, get, getMany, update],
};
