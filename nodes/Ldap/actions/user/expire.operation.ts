import { defineOperation } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import { accountsOf } from '../../transport/accounts/accounts';
import type { LdapClient } from '../../transport/client';
import { dnOf } from '../../transport/findEntry';
import { sameEntry } from '../fields';
import { userField } from './userFields';

export const expire = defineOperation({
	name: 'Set Expiry',
	value: 'expire',
	action: 'Set when a user expires',
	description: 'Say until when a user may sign in, or that there is no end',
	repeatable: true,
	properties: [
		userField,
		{
			displayName: 'Expires',
			name: 'expires',
			type: 'options',
			options: [
				{ name: 'At a Time', value: 'at' },
				{ name: 'Never', value: 'never' },
			],
			default: 'at',
		},
		{
			displayName: 'Time',
			name: 'at',
			type: 'dateTime',
			required: true,
			displayOptions: { show: { expires: ['at'] } },
			default: '',
			description:
				'From then on the user cannot sign in. Outside of Active Directory whole days count.',
		},
	],
	inOrder: sameEntry,
	async execute(ldap: LdapClient, { entry, expires, at = '' }) {
		const time = expires === 'never' ? undefined : timeOf(at);
		const dn = await dnOf(ldap, entry);
		await (await accountsOf(ldap)).expire(dn, time);
		return { dn, expires: time === undefined ? null : new Date(time).toISOString() };
	},
});

/** Without the first check "5" would be a day in May 2001. */
function timeOf(text: string): number {
	const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
	if (!Number.isNaN(time)) return time;
	throw invalidInput(`"Time" is no time: "${text}"`, 'Such as 2026-01-31T08:00:00Z.');
}
