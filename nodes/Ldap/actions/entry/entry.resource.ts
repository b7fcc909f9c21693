import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';

export const entry: Resource<LdapClient> = {
	name: 'Entry',
	value: 'entry',
	preselected: true,
	operations: [],
};
