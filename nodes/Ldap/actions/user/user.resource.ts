import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';

export const user: Resource<LdapClient> = {
	name: 'User',
	value: 'user',
	operations: [],
};
