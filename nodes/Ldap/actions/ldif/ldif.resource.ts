import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';

export const ldif: Resource<LdapClient> = {
	name: 'LDIF',
	value: 'ldif',
	operations: [],
};
