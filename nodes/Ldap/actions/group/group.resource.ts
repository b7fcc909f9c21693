import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';

export const group: Resource<LdapClient> = {
	name: 'Group',
	value: 'group',
	operations: [],
};
