import type { Resource } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { authenticate } from './authenticate.operation';
import { changePassword } from './changePassword.operation';
import { create } from './create.operation';
import { disable } from './disable.operation';
import { enable } from './enable.operation';
import { expire } from './expire.operation';
import { move } from './move.operation';
import { requirePasswordChange } from './requirePasswordChange.operation';
import { setPassword } from './setPassword.operation';
import { unlock } from './unlock.operation';

export const user: Resource<LdapClient> = {
	name: 'User',
	value: 'user',
	operations: [
		authenticate,
		changePassword,
		create,
		disable,
		enable,
		move,
		requirePasswordChange,
		expire,
		setPassword,
		unlock,
	],
};
