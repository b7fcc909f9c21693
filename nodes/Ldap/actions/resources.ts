import type { Resource } from '../../shared/node/defineOperation';
import type { LdapClient } from '../transport/client';
import { directory } from './directory/directory.resource';
import { entry } from './entry/entry.resource';
import { group } from './group/group.resource';
import { ldif } from './ldif/ldif.resource';
import { user } from './user/user.resource';

export const resources: Array<Resource<LdapClient>> = [directory, entry, group, ldif, user];
