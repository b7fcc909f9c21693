import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { whoAmI } from './whoAmI.operation';

export const directory: Resource<LdapClient> = {
	name: 'Directory',
	value: 'directory',
	operations: [whoAmI],
};
