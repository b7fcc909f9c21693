import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { compare } from './compare.operation';
import { create } from './create.operation';
import { deleteOperation } from './delete.operation';
import { exists } from './exists.operation';
import { get } from './get.operation';
import { rename } from './rename.operation';
import { search } from './search.operation';
import { update } from './update.operation';
import { upsert } from './upsert.operation';

export const entry: Resource<LdapClient> = {
	name: 'Entry',
	value: 'entry',
	preselected: true,
	operations: [compare, create, upsert, deleteOperation, exists, get, rename, search, update],
};
