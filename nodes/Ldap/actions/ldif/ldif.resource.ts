import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { exportOperation } from './export.operation';
import { importOperation } from './import.operation';

export const ldif: Resource<LdapClient> = {
	name: 'LDIF',
	value: 'ldif',
	operations: [exportOperation, importOperation],
};
