import { Failure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../client';
import { valuesIn, readEntry } from '../readEntry';

/** Where a group keeps its members: their DNs, or in the groups of Unix systems their names. */
export interface Membership {
	attribute: 'member' | 'uniqueMember' | 'memberUid';
	/** what a member is called in it */
	names: 'dn' | 'uid';
}

// RFC 4519 section 3.5 and 3.6, RFC 2307 section 2.2, [MS-ADSC] "group"; the first that fits counts,
// because a group of RFC 2307bis is a posixGroup and has members by DN.
const KINDS: Array<[objectClass: string, membership: Membership]> = [
	['group', { attribute: 'member', names: 'dn' }],
	['groupofnames', { attribute: 'member', names: 'dn' }],
	['groupofentries', { attribute: 'member', names: 'dn' }],
	['groupofuniquenames', { attribute: 'uniqueMember', names: 'dn' }],
	['posixgroup', { attribute: 'memberUid', names: 'uid' }],
];

/** All attributes in which a group may name a member by its DN. */
export const BY_DN = ['member', 'uniqueMember'] as const;

export interface Group {
	dn: string;
	membership: Membership;
	/** its number in the domain, where the server is Active Directory */
	rid?: number;
}

/** @throws Failure where the entry is no group */
export async function groupAt(ldap: LdapClient, named: string): Promise<Group> {
	const { dn, attributes } = await readEntry(ldap, named, ['objectClass', 'objectSid']);
	const classes = valuesIn(attributes, 'objectClass').map((value) =>
		value.toString().toLowerCase(),
	);
	const [, membership] = KINDS.find(([objectClass]) => classes.includes(objectClass)) ?? [];
	if (!membership)
		throw new Failure({
			kind: 'invalid',
			phase: 'rejected',
			code: 'NOT_A_GROUP',
			message: `"${dn}" is no group, but ${classes.join(', ')}`,
			hint: 'A group is a group, groupOfNames, groupOfEntries, groupOfUniqueNames or posixGroup.',
		});
	const [sid] = valuesIn(attributes, 'objectSid');
	return { dn, membership, ...(sid && { rid: ridOf(sid) }) };
}

/** The last number of a SID, [MS-DTYP] 2.4.2.2: what primaryGroupID holds. */
const ridOf = (sid: Buffer): number => sid.readUInt32LE(sid.length - 4);
