import { toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../client';
import { dnKey } from '../dn';
import { allDnsFound } from '../dnsFound';
import type { Filter } from '../filter';
import { anyOf, byRule, equal, present } from '../filter';
import { readEntry, valuesIn } from '../readEntry';
import { isNowhere } from '../results';
import { BY_DN } from './group';

// [MS-ADTS] 3.1.1.3.4.4.3: LDAP_MATCHING_RULE_TRANSITIVE_EVAL follows the chain on the server.
const IN_CHAIN = '1.2.840.113556.1.4.1941';

// A few at a time in one filter: one search for each group would take as many round trips.
const IN_ONE_FILTER = 50;

export const inChain = (attribute: 'member' | 'memberOf', dn: string): Filter =>
	byRule(attribute, IN_CHAIN, dn);

/** The DNs that a search finds below the base DN; in Active Directory in the whole domain. */
export async function dnsOf(ldap: LdapClient, filter: Filter): Promise<string[]> {
	// Active Directory lets everybody who is signed in look into the whole domain.
	const { vendor, defaultNamingContext } = await ldap.rootDse();
	const domain = vendor === 'activeDirectory' ? defaultNamingContext : undefined;
	return await allDnsFound(ldap, { base: domain ?? (await ldap.baseDn()), filter });
}

/** The groups that name one of these as a member. */
export async function groupsWith(ldap: LdapClient, members: string[]): Promise<string[]> {
	const found: string[][] = [];
	for (let n = 0; n < members.length; n += IN_ONE_FILTER) {
		const some = members.slice(n, n + IN_ONE_FILTER);
		const named = some.flatMap((dn) => BY_DN.map((attribute) => equal(attribute, dn)));
		found.push(await dnsOf(ldap, anyOf(...named)));
	}
	return found.flat();
}

/**
 * Goes on from what was found until nothing new comes up; groups that contain each other are no
 * endless loop.
 * @param next one step further
 * @returns all that were found, without where it began
 */
export async function walk(
	from: string[],
	next: (found: string[]) => Promise<string[]>,
): Promise<string[]> {
	const known = new Set(from.map(dnKey));
	const all: string[][] = [];
	let reached = from;
	while (reached.length > 0) {
		const fresh: string[] = [];
		for (const dn of await next(reached)) {
			const key = dnKey(dn);
			if (known.has(key)) continue;
			known.add(key);
			fresh.push(dn);
		}
		all.push(fresh);
		reached = fresh;
	}
	return all.flat();
}

/** The members of several groups by their DNs; what is no group has none. */
export async function membersOfAll(ldap: LdapClient, groups: string[]): Promise<string[]> {
	const found: string[] = [];
	for (const dn of groups) {
		const { attributes } = await readEntry(ldap, dn, [...BY_DN]);
		for (const attribute of BY_DN)
			for (const value of valuesIn(attributes, attribute)) found.push(value.toString());
	}
	return found;
}

/** Which of these are groups that have members by DN. */
export async function groupsAmong(ldap: LdapClient, dns: string[]): Promise<string[]> {
	const found: string[] = [];
	const filter = anyOf(...BY_DN.map((attribute) => present(attribute)));
	for (const base of dns) {
		const search = { base, scope: 'base' as const, filter, attributes: ['1.1'] };
		// A member may have been deleted, or be in a directory that this one only knows by name.
		try {
			for await (const entries of ldap.search(search)) found.push(...entries.map(({ dn }) => dn));
		} catch (error) {
			if (!isNowhere(toFailure(error))) throw error;
		}
	}
	return found;
}
