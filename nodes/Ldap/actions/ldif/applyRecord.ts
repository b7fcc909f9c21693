import { redactor } from '../../../shared/ground/redact';
import { Failure, toFailure } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { parseDn } from '../../transport/dn';
import type { Attribute } from '../../transport/entry';
import type { LdifRecord } from '../../transport/ldif';
import { Code } from '../../transport/message';
import type { Control } from '../../transport/search';
import { isSecretAttribute } from '../../transport/values/secretAttributes';
import { protectPasswords } from '../passwords';
import type { Status } from './outcomes';

export interface ApplyOptions {
	ifExists?: 'fail' | 'skip' | 'update';
	ifMissing?: 'fail' | 'skip';
}

/** Does what the record says. @throws Failure of the record or of the server */
export async function applyRecord(
	ldap: LdapClient,
	record: LdifRecord,
	{ ifExists = 'fail', ifMissing = 'fail' }: ApplyOptions,
): Promise<Status> {
	if (record.type === 'invalid') throw record.failure;
	const written = 'attributes' in record ? record.attributes : changesIn(record);
	protectPasswords(ldap, written);
	return await apply(ldap, record, { ifExists, ifMissing }).catch((error: unknown) => {
		const failure = toFailure(error);
		// Some servers repeat what they refuse.
		throw failure.saying(redactor(passwordsIn(written)).text(failure.message));
	});
}

async function apply(
	ldap: LdapClient,
	record: Exclude<LdifRecord, { type: 'invalid' }>,
	{ ifExists, ifMissing }: Required<ApplyOptions>,
): Promise<Status> {
	const { dn } = record;
	if ('attributes' in record) return await add(ldap, record, ifExists);
	const { controls } = record;
	if (record.type === 'delete') {
		return await unless(
			ifMissing === 'skip' ? Code.noSuchObject : undefined,
			async () => await ldap.delete(dn, { controls }),
			async () => await Promise.resolve('skipped'),
		);
	}
	if (record.type === 'modify') await ldap.modify(dn, record.changes, { controls });
	else await ldap.modifyDn(dn, record.rename, { controls });
	return 'done';
}

const changesIn = (record: LdifRecord): Attribute[] =>
	record.type === 'modify' ? record.changes : [];

const passwordsIn = (attributes: Attribute[]): string[] =>
	attributes
		.filter(({ type }) => isSecretAttribute(type))
		.flatMap(({ values }) => values.map((value) => value.toString()));

async function add(
	ldap: LdapClient,
	{ dn, attributes, controls }: { dn: string; attributes: Attribute[]; controls?: Control[] },
	ifExists: 'fail' | 'skip' | 'update',
): Promise<Status> {
	return await unless(
		ifExists === 'fail' ? undefined : Code.entryAlreadyExists,
		async () => await ldap.add(dn, attributes, { controls }),
		async () => {
			if (ifExists === 'skip') return 'skipped';
			await update(ldap, dn, attributes);
			return 'done';
		},
	);
}

/** @param code of an answer that is not a failure */
async function unless(
	code: number | undefined,
	run: () => Promise<void>,
	otherwise: () => Promise<Status>,
): Promise<Status> {
	let answered = false;
	await run().catch((error: unknown) => {
		if (!(error instanceof Failure) || code === undefined || error.status !== code) throw error;
		answered = true;
	});
	return answered ? await otherwise() : 'done';
}

/** The values of the RDN can only be changed by renaming, and object classes hardly ever. */
async function update(ldap: LdapClient, dn: string, attributes: Attribute[]): Promise<void> {
	const kept = new Set(parseDn(dn)[0]?.map(({ type }) => type.toLowerCase()));
	kept.add('objectclass');
	const changes = attributes
		.filter(({ type }) => !kept.has(type.toLowerCase()))
		.map((attribute) => ({ operation: 'replace' as const, ...attribute }));
	if (changes.length > 0) await ldap.modify(dn, changes);
}
