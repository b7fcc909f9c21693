import type { LdapClient } from '../client';
import { allOf, anyOf, equal, present } from '../filter';
import { readEntry, valuesIn } from '../readEntry';
import { hasValue } from '../hasValue';
import { keyOf, membersOf } from './changeMembers';
import type { Group } from './group';
import { dnsOf, groupsAmong, groupsWith, inChain, membersOfAll, walk } from './nested';

/**
 * Who is in a group: by DN, or by uid where the group keeps those.
 * @param nested whether to look into the groups in it as well
 */
export async function allMembers(
	ldap: LdapClient,
	group: Group,
	nested: boolean,
): Promise<string[]> {
	const direct = [...(await membersOf(ldap, group)), ...(await primaryMembers(ldap, group))];
	if (!nested || group.membership.names !== 'dn') return direct;
	if (await isActiveDirectory(ldap)) {
		const chained = await dnsOf(ldap, allOf(present('objectClass'), inChain('memberOf', group.dn)));
		return unique(group, [...direct, ...chained]);
	}
	return await walk([group.dn], async (found) => {
		const groups = found[0] === group.dn ? found : await groupsAmong(ldap, found);
		return await membersOfAll(ldap, groups);
	});
}

/** Active Directory does not name those in a group who have it as their primary group. */
async function primaryMembers(ldap: LdapClient, { rid }: Group): Promise<string[]> {
	return rid === undefined ? [] : await dnsOf(ldap, equal('primaryGroupID', String(rid)));
}

/**
 * The groups that somebody is in.
 * @param nested whether groups that such a group is in count as well
 */
export async function groupsOf(
	ldap: LdapClient,
	named: string,
	nested: boolean,
): Promise<string[]> {
	const wanted = ['uid', 'primaryGroupID', 'objectSid'];
	const { dn, attributes } = await readEntry(ldap, named, wanted);
	const primary = await primaryGroup(ldap, attributes);
	const [uid] = valuesIn(attributes, 'uid');
	const byName = uid ? await dnsOf(ldap, allOf(isPosixGroup, equal('memberUid', uid))) : [];
	const from = [dn, ...primary];
	const above =
		nested && (await isActiveDirectory(ldap))
			? await dnsOf(ldap, anyOf(...from.map((one) => inChain('member', one))))
			: nested
				? await walk(from, async (found) => await groupsWith(ldap, found))
				: await groupsWith(ldap, [dn]);
	return [...new Set([...primary, ...above, ...byName])];
}

const isPosixGroup = equal('objectClass', 'posixGroup');

/** Whether somebody is in a group. @param member as the group names its members */
export async function isMemberOf(
	ldap: LdapClient,
	group: Group,
	member: string,
	nested: boolean,
): Promise<boolean> {
	const { dn, membership } = group;
	// The group knows best, also where it lies outside of the base DN.
	if (await hasValue(ldap, dn, membership.attribute, Buffer.from(member))) return true;
	if (membership.names === 'uid') return false;
	const groups = await groupsOf(ldap, member, nested);
	return groups.some((one) => keyOf(group, one) === keyOf(group, dn));
}

async function primaryGroup(
	ldap: LdapClient,
	attributes: Parameters<typeof valuesIn>[0],
): Promise<string[]> {
	const [rid] = valuesIn(attributes, 'primaryGroupID');
	const [sid] = valuesIn(attributes, 'objectSid');
	if (!rid || !sid) return [];
	// The group has the SID of the domain and this number: [MS-ADTS] 3.1.1.4.5.11.
	const ofGroup = Buffer.from(sid);
	ofGroup.writeUInt32LE(Number(rid.toString()), sid.length - 4);
	return await dnsOf(ldap, equal('objectSid', ofGroup));
}

const isActiveDirectory = async (ldap: LdapClient) =>
	(await ldap.rootDse()).vendor === 'activeDirectory';

function unique(group: Group, names: string[]): string[] {
	const known = new Map(names.map((name) => [keyOf(group, name), name]));
	return [...known.values()];
}
