import type { Directory } from '../../directory.ts';
import { Fields, type Entry } from '../../entry.ts';
import { sidBytes } from '../../identifiers.ts';
import { schema } from './schema.ts';
import { constraint, invalidAccountName, taken, unwilling } from './words.ts';

/** Bits of userAccountControl (MS-ADTS section 2.2.16). */
export const Uac = {
	disabled: 0x2,
	lockedOut: 0x10,
	passwordNotRequired: 0x20,
	normalAccount: 0x200,
	workstation: 0x1000,
	server: 0x2000,
	passwordNeverExpires: 0x10000,
	passwordExpired: 0x800000,
} as const;

const accountTypes = Uac.normalAccount | Uac.workstation | Uac.server;
const MAX_USER_NAME = 20;

export const isSamAccount = (classes: readonly string[]) =>
	classes.includes('user') || classes.includes('group');

/** What an account has from the start (MS-SAMR section 3.1.1.8). */
export function completeAccount(fields: Fields, rid: number, domainSid: string): void {
	const classes = fields.all('objectClass');
	fields.set('objectSid', sidBytes(`${domainSid}-${rid}`));
	fields.default('sAMAccountName', `$${rid.toString(36).toUpperCase().padStart(12, '0')}`);
	if (classes.includes('group')) {
		fields.default('groupType', -2147483646);
	} else {
		const computer = classes.includes('computer');
		const usual = computer
			? Uac.workstation | Uac.passwordNotRequired
			: Uac.normalAccount | Uac.passwordNotRequired | Uac.disabled;
		fields.default('userAccountControl', usual);
		fields.default('primaryGroupID', computer ? 515 : 513);
		fields.default('accountExpires', '9223372036854775807');
		if (fields.values('unicodePwd').length === 0) fields.default('pwdLastSet', 0);
		for (const name of ['badPwdCount', 'codePage', 'countryCode', 'logonCount']) {
			fields.default(name, 0);
		}
		for (const name of ['badPasswordTime', 'lastLogoff', 'lastLogon']) fields.default(name, 0);
	}
	fields.set('sAMAccountType', accountType(fields, classes));
}

function accountType(fields: Fields, classes: string[]): number {
	if (!classes.includes('group')) return classes.includes('computer') ? 805306369 : 805306368;
	const type = fields.number('groupType');
	const security = (type & 0x80000000) !== 0;
	const local = (type & 0x4) !== 0;
	return 268435456 + (local ? 268435456 : 0) + (security ? 0 : 1);
}

/** What must hold for an account after every write. @throws {Refusal} */
export function checkAccount(entry: Entry, before: Entry | undefined, directory: Directory): void {
	const fields = new Fields(entry, schema);
	const classes = fields.all('objectClass');
	const name = fields.one('sAMAccountName') ?? '';
	const tooLong =
		classes.includes('user') && !classes.includes('computer') && name.length > MAX_USER_NAME;
	if (/["/\\[\]:;|=,+*?<>]|^[\s.]*$/.test(name) || tooLong) throw invalidAccountName();
	if (isTaken('sAMAccountName', name, before, directory)) throw taken();
	const principal = fields.one('userPrincipalName');
	if (principal && isTaken('userPrincipalName', principal, before, directory)) {
		throw constraint('000021C8', 'userPrincipalName');
	}
	if (classes.includes('group')) {
		fields.set('sAMAccountType', accountType(fields, classes));
		return;
	}
	const control = fields.number('userAccountControl');
	fields.set('userAccountControl', (control | typeBit(control)) & ~Uac.lockedOut);
	const open = (control & (Uac.disabled | Uac.passwordNotRequired)) === 0;
	if (open && fields.values('unicodePwd').length === 0) throw unwilling('0000052D');
}

const typeBit = (control: number) => ((control & accountTypes) === 0 ? Uac.normalAccount : 0);

function isTaken(
	attribute: string,
	value: string,
	before: Entry | undefined,
	directory: Directory,
): boolean {
	const other = directory.find(attribute, Buffer.from(value));
	return (
		other !== undefined &&
		other.dn.key !== before?.dn.key &&
		!new Fields(other, schema).has('isDeleted', 'TRUE')
	);
}
