import type { Directory } from '../../directory.ts';
import { distinguishedNameKey } from '../../dn.ts';
import { Fields, type Entry } from '../../entry.ts';
import type { Actor, WriteContext } from '../../personality.ts';
import { Refusal } from '../../refusal.ts';
import { Uac } from './accounts.ts';
import { fileTime } from '../../identifiers.ts';
import { unicodePassword } from './passwords.ts';
import { schema } from './schema.ts';

export interface Domain {
	/** DN of the domain */
	base: string;
	/** "corp.example" */
	dnsName: string;
	/** "CORP" */
	netBiosName: string;
	/** "S-1-5-21-..." */
	sid: string;
	/** failed attempts until an account is locked; 0: never */
	lockoutThreshold: number;
	/** days until a password must be changed; 0: never */
	maxPasswordAge: number;
}

const NEVER = '9223372036854775807';
const DAY = 864_000_000_000n;

/** The refusals of a bind: the Windows error code in hexadecimal tells them apart. */
function refused(data: string): Refusal {
	return new Refusal(
		'invalidCredentials',
		`80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data ${data}, v4563`,
	);
}

/** The entry of a name: a DN, a user principal name or DOMAIN\account. */
export function findAccount(name: string, domain: Domain, directory: Directory): Entry | undefined {
	const byAccount = (account: string) => directory.find('sAMAccountName', Buffer.from(account));
	const [, first = '', account = ''] = /^([^\\@=]+)\\([^\\]+)$/.exec(name) ?? [];
	if (account) {
		const here = [domain.netBiosName, domain.dnsName].some(
			(one) => one.toLowerCase() === first.toLowerCase(),
		);
		return here ? byAccount(account) : undefined;
	}
	const principal = directory.find('userPrincipalName', Buffer.from(name));
	if (principal) return principal;
	const [user = '', suffix = ''] = name.split('@');
	if (suffix.toLowerCase() === domain.dnsName.toLowerCase()) return byAccount(user);
	const key = distinguishedNameKey(name, schema);
	return key ? directory.get(key) : undefined;
}

/** @throws {Refusal} invalidCredentials, with what is wrong as far as Active Directory says it */
export function signIn(
	name: string,
	password: string,
	domain: Domain,
	{ directory, now }: WriteContext,
): Actor {
	const entry = findAccount(name, domain, directory);
	if (!entry) throw refused('52e');
	const fields = new Fields(entry, schema);
	const builtIn = fields.one('sAMAccountName') === 'Administrator';
	if (isLocked(fields)) throw refused('775');
	if (!fields.values('unicodePwd').some((one) => one.equals(unicodePassword(password)))) {
		if (!builtIn) countFailure(entry, domain, directory, now);
		throw refused('52e');
	}
	const control = fields.number('userAccountControl');
	const time = fileTime(now);
	const expires = fields.one('accountExpires') ?? '0';
	const lastSet = BigInt(fields.one('pwdLastSet') ?? '0');
	const maxAge = BigInt(domain.maxPasswordAge) * DAY;
	const ages = maxAge > 0n && (control & Uac.passwordNeverExpires) === 0;
	if ((control & Uac.disabled) !== 0) throw refused('533');
	if (expires !== '0' && expires !== NEVER && BigInt(expires) <= time) throw refused('701');
	if (lastSet === 0n && !builtIn) throw refused('773');
	if (ages && lastSet > 0n && lastSet + maxAge <= time) throw refused('532');
	if (fields.number('badPwdCount') > 0) {
		const after = entry.copy();
		new Fields(after, schema).set('badPwdCount', 0);
		directory.relink(entry, after);
	}
	return {
		dn: entry.dn.text,
		key: entry.dn.key,
		role: isAdministrator(entry, directory) ? 'admin' : 'user',
		authzId: `u:${domain.netBiosName}\\${fields.one('sAMAccountName')}`,
	};
}

const isLocked = (fields: Fields) => BigInt(fields.one('lockoutTime') ?? '0') > 0n;

function countFailure(entry: Entry, domain: Domain, directory: Directory, now: Date): void {
	const after = entry.copy();
	const fields = new Fields(after, schema);
	const count = fields.number('badPwdCount') + 1;
	fields.set('badPwdCount', count);
	fields.set('badPasswordTime', String(fileTime(now)));
	if (domain.lockoutThreshold > 0 && count >= domain.lockoutThreshold) {
		fields.set('lockoutTime', String(fileTime(now)));
	}
	directory.relink(entry, after);
}

function isAdministrator(entry: Entry, directory: Directory): boolean {
	return groupsOf(entry, directory).some((group) =>
		new Fields(group, schema).has('sAMAccountName', 'Domain Admins'),
	);
}

/** All groups an entry is in, also through other groups. */
export function groupsOf(entry: Entry, directory: Directory): Entry[] {
	const back = schema.attribute('memberOf');
	const found = new Map<string, Entry>();
	const pending = [entry];
	for (let one = pending.pop(); one && back; one = pending.pop()) {
		for (const key of directory.links.ownersOf(back, one.dn.key)) {
			const group = directory.get(key);
			if (!group || found.has(key)) continue;
			found.set(key, group);
			pending.push(group);
		}
	}
	return [...found.values()];
}
