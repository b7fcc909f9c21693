import type { INodeProperties } from 'n8n-workflow';
import { fromList } from '../../../shared/node/fromList';
import { entryField, userModes } from '../fields';

/** The user to work on. */
export const userField = {
	...entryField,
	displayName: 'User',
	description: 'The user to work on',
	modes: [fromList('searchUsers', 'Select a user...'), ...userModes],
} as const satisfies INodeProperties;

export const passwordField = {
	displayName: 'Password',
	name: 'password',
	type: 'string',
	typeOptions: { password: true, condition: true },
	required: true,
	default: '',
	description: 'Sent over encrypted connections only, and never part of the output or of an error',
} as const satisfies INodeProperties;
