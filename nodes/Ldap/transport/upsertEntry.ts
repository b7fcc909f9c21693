import { toFailure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import { parseDn } from './dn';
import type { Attribute, Change } from './entry';
import { isMissing, isThere } from './results';
import { readEntry, valuesIn } from './readEntry';
import type { Schema } from './schema';
import { checkEntry } from './checkEntry';

// Nobody can read whether they are as they should be, and each run would set them again.
const PASSWORDS = ['userpassword', 'unicodepwd'];

export interface Upserted {
	status: 'created' | 'updated' | 'unchanged';
	/** attributes that were changed */
	changed: string[];
}

/**
 * Makes an entry with these attributes, or gives the entry that is there exactly these values; an
 * attribute without values is removed. What is as it should be is not sent again. Passwords are set only
 * where the entry is created.
 * @param schema to check a new entry against before it is sent
 */
export async function upsertEntry(
	ldap: LdapClient,
	dn: string,
	attributes: Attribute[],
	schema?: Schema,
): Promise<Upserted> {
	const filled = attributes.filter(({ values }) => values.length > 0);
	// Whoever else makes it meanwhile makes it an entry to update.
	for (let again = 0; ; again++) {
		const current = await currentOf(ldap, dn, attributes);
		if (current) return await update(ldap, dn, current, attributes);
		try {
			if (schema) checkEntry(schema, filled);
			await ldap.add(dn, filled);
			return { status: 'created', changed: filled.map(({ type }) => type) };
		} catch (error) {
			if (again > 0 || !isThere(toFailure(error))) throw error;
		}
	}
}

async function currentOf(
	ldap: LdapClient,
	dn: string,
	attributes: Attribute[],
): Promise<Attribute[] | undefined> {
	try {
		const types = attributes.map(({ type }) => type);
		return (await readEntry(ldap, dn, types)).attributes;
	} catch (error) {
		if (isMissing(toFailure(error))) return undefined;
		throw error;
	}
}

async function update(
	ldap: LdapClient,
	dn: string,
	current: Attribute[],
	attributes: Attribute[],
): Promise<Upserted> {
	// What the server names the entry by is changed by renaming it; values beside it may be added.
	const [rdn = []] = parseDn(dn);
	const changes = attributes
		.filter(({ type }) => !PASSWORDS.includes(type.toLowerCase()))
		.flatMap(({ type, values }) => {
			const before = valuesIn(current, type);
			const name = rdn.find((ava) => ava.type.toLowerCase() === type.toLowerCase());
			return name ? toAdd(type, [...before, name.value], values) : changeOf(type, before, values);
		});
	if (changes.length === 0) return { status: 'unchanged', changed: [] };
	await ldap.modify(dn, changes);
	return { status: 'updated', changed: changes.map(({ type }) => type) };
}

function changeOf(type: string, before: Buffer[], after: Buffer[]): Change[] {
	// Servers add superior classes by themselves, and the structural one cannot be changed.
	if (type.toLowerCase() === 'objectclass')
		// Each entry has some: where none is shown they may not be read.
		return before.length > 0 ? toAdd(type, before, after) : [];
	const missing = after.filter((value) => !before.some((other) => other.equals(value)));
	if (missing.length === 0 && before.length === after.length) return [];
	return [{ operation: 'replace', type, values: after }];
}

function toAdd(type: string, before: Buffer[], after: Buffer[]): Change[] {
	const there = new Set(before.map(ignoringCase));
	const values = after.filter((value) => !there.has(ignoringCase(value)));
	return values.length > 0 ? [{ operation: 'add', type, values }] : [];
}

const ignoringCase = (value: Buffer) => value.toString().toLowerCase();
