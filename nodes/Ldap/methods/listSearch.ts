import type { INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import { listMethod } from '../../shared/node/editorList';
import type { LdapClient } from '../transport/client';
import { entries, groups, users } from './kinds';
import { openEditorClient } from './openClient';
import { pickContainers } from './pickContainers';
import { pickEntries } from './pickEntries';

/** The methods behind the lists of the editor. */
export const listSearch = {
	searchContainers: listOf('places', pickContainers),
	searchEntries: listOf('entries', async (ldap, asked) => await pickEntries(ldap, entries, asked)),
	searchUsers: listOf('users', async (ldap, asked) => await pickEntries(ldap, users, asked)),
	searchGroups: listOf('groups', async (ldap, asked) => await pickEntries(ldap, groups, asked)),
};

function listOf(
	what: string,
	answer: (ldap: LdapClient, question: ListQuestion) => Promise<INodeListSearchResult>,
) {
	const words = { what, instead: 'choose "By DN" and type it in' };
	return listMethod(openEditorClient, words, answer);
}
