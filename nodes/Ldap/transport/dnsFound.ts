import { Failure, toFailure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import { isMissing } from './results';
import type { Search, SearchEnd } from './search';

interface DnsFound {
	dns: string[];
	truncated?: SearchEnd['truncated'];
}

/** The names of the entries that a search finds, at the base and below. */
export async function dnsFound(
	ldap: LdapClient,
	search: Pick<Search, 'base' | 'filter' | 'sizeLimit'>,
): Promise<DnsFound> {
	const dns: string[] = [];
	const entries = ldap.search({ ...search, scope: 'subtree', attributes: ['1.1'] });
	for (;;) {
		const next = await entries.next();
		if (next.done) return { dns, truncated: next.value.truncated };
		for (const { dn } of next.value) dns.push(dn);
	}
}

/** @throws Failure that names the base where it is not there: nothing is said about entries then */
export async function dnsBelowBase(
	ldap: LdapClient,
	search: Pick<Search, 'filter' | 'sizeLimit'>,
): Promise<DnsFound> {
	const base = await ldap.baseDn();
	return await dnsFound(ldap, { ...search, base }).catch((error: unknown) => {
		throw ofBase(toFailure(error), base);
	});
}

/** All of them. @throws Failure where a limit of the server hides some */
export async function allDnsFound(
	ldap: LdapClient,
	search: Pick<Search, 'base' | 'filter'>,
): Promise<string[]> {
	const { dns, truncated } = await dnsFound(ldap, search);
	if (truncated) throw incomplete(truncated, search.base);
	return dns;
}

/** A part of the answer would pass for the whole. */
export const incomplete = ({ code, message }: { code: string; message: string }, base: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code,
		message: `The search below "${base}" found a part only: ${message}`,
		hint: 'Ask the administrator of the server to raise the limit for the user of the credential, or choose a smaller base DN there.',
	});

function ofBase(failure: Failure, base: string): Failure {
	if (!isMissing(failure)) return failure;
	return new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_BASE_DN',
		message: `There is no entry "${base}" to search below, or this credential may not read it`,
		hint: 'Check "Base DN" in the credential.',
		cause: failure,
	});
}
