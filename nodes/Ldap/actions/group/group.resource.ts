import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { addMembers } from './addMembers.operation';
import { getGroups } from './getGroups.operation';
import { getMembers } from './getMembers.operation';
import { isMember } from './isMember.operation';
import { removeMembers } from './removeMembers.operation';
import { setMembers } from './setMembers.operation';

export const group: Resource<LdapClient> = {
	name: 'Group',
	value: 'group',
	operations: [addMembers, getGroups, getMembers, isMember, removeMembers, setMembers],
};
