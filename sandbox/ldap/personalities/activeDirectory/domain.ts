import { randomUUID } from 'node:crypto';
import type { Directory } from '../../directory.ts';
import { parseDn } from '../../dn.ts';
import { Entry, Fields } from '../../entry.ts';
import { completeAccount, Uac } from './accounts.ts';
import { fileTime, generalizedTime, guidBytes, sidBytes } from '../../identifiers.ts';
import { unicodePassword } from './passwords.ts';
import { categoryOf, schema } from './schema.ts';
import type { Domain } from './signIn.ts';

type Given = Record<string, string | number | Buffer | Array<string | number>>;

/** Puts the superior classes before the ones that are given, as Active Directory stores them. */
export function expandClasses(fields: Fields): string {
	const given = fields.all('objectClass').flatMap((name) => schema.class(name) ?? []);
	const all = new Set(given.flatMap((one) => schema.superclasses(one).reverse()));
	const [lowest] = [...all]
		.filter(({ kind }) => kind === 'structural')
		.sort((one, other) => schema.superclasses(other).length - schema.superclasses(one).length);
	fields.set('objectClass', ...[...all].map(({ names }) => names[0] ?? ''));
	return lowest?.names[0] ?? '';
}

/** What every entry has (MS-ADTS section 3.1.1.5.2). */
export function stampNew(fields: Fields, entry: Entry, className: string, base: string): void {
	const [rdn] = entry.dn.rdns[0]?.assertions ?? [];
	fields.set('name', rdn?.value ?? '');
	fields.set('objectGUID', guidBytes(randomUUID()));
	fields.set('instanceType', 4);
	fields.default(
		'objectCategory',
		`CN=${categoryOf(className)},CN=Schema,CN=Configuration,${base}`,
	);
	// An empty security descriptor (MS-DTYP section 2.4.6): nobody decodes it here.
	fields.set('nTSecurityDescriptor', Buffer.from(`0100048000${'00'.repeat(15)}`, 'hex'));
}

export function stampChanged(fields: Fields, directory: Directory, now: Date): void {
	const usn = updateNumber(directory);
	fields.default('uSNCreated', usn);
	fields.set('uSNChanged', usn);
	fields.default('whenCreated', generalizedTime(now));
	fields.set('whenChanged', generalizedTime(now));
}

/** Number of the change that is about to be made. */
export const updateNumber = ({ sequence }: Directory) => 12_000 + sequence + 1;

/** A new domain with the accounts and folders that every one has. */
export function plantDomain(
	domain: Domain,
	administratorPassword: string,
	directory: Directory,
	now: Date,
): void {
	const { base, sid } = domain;
	const put = (rdn: string, classes: string[], given: Given = {}, rid?: number) => {
		const entry = new Entry(parseDn(rdn === '' ? base : `${rdn},${base}`, schema));
		const fields = new Fields(entry, schema);
		fields.set('objectClass', ...classes);
		const [assertion] = entry.dn.rdns[0]?.assertions ?? [];
		fields.set(assertion?.type ?? 'cn', assertion?.value ?? '');
		for (const [name, values] of Object.entries(given)) fields.set(name, ...[values].flat());
		stampNew(fields, entry, expandClasses(fields), base);
		if (rid !== undefined) completeAccount(fields, rid, sid);
		stampChanged(fields, directory, now);
		directory.add(entry);
	};
	put('', ['domainDNS'], { objectSid: sidBytes(sid), minPwdLength: 7, pwdProperties: 1 });
	put('CN=Users', ['container'], { description: 'Default container for upgraded user accounts' });
	put('CN=Computers', ['container']);
	put('CN=Builtin', ['builtinDomain']);
	put('CN=Deleted Objects', ['container'], { isDeleted: 'TRUE' });
	put('OU=Domain Controllers', ['organizationalUnit']);
	const account = (name: string, uac: number) => ({
		sAMAccountName: name,
		userAccountControl: uac,
	});
	put(
		'CN=Administrator,CN=Users',
		['user'],
		{
			...account('Administrator', Uac.normalAccount | Uac.passwordNeverExpires),
			unicodePwd: unicodePassword(administratorPassword),
			pwdLastSet: String(fileTime(now)),
		},
		500,
	);
	const guest = Uac.normalAccount | Uac.passwordNotRequired | Uac.disabled;
	put('CN=Guest,CN=Users', ['user'], account('Guest', guest), 501);
	put(
		'CN=Domain Admins,CN=Users',
		['group'],
		{ sAMAccountName: 'Domain Admins', member: `CN=Administrator,CN=Users,${base}` },
		512,
	);
	put('CN=Domain Users,CN=Users', ['group'], { sAMAccountName: 'Domain Users' }, 513);
	put('CN=Domain Computers,CN=Users', ['group'], { sAMAccountName: 'Domain Computers' }, 515);
}
