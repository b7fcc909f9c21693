import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { extendedOperation } from './extendedOperation.operation';
import { getRootDse } from './getRootDse.operation';
import { getSchema } from './getSchema.operation';
import { modifyPassword } from './modifyPassword.operation';
import { whoAmI } from './whoAmI.operation';

export const directory: Resource<LdapClient> = {
	name: 'Directory',
	value: 'directory',
	operations: [extendedOperation, getRootDse, getSchema, modifyPassword, whoAmI],
};
