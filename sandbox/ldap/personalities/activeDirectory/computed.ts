import type { Directory } from '../../directory.ts';
import { Fields, type Entry } from '../../entry.ts';
import { fileTime, sidBytes } from '../../identifiers.ts';
import type { Computed } from '../../personality.ts';
import { Uac } from './accounts.ts';
import { schema } from './schema.ts';
import { groupsOf, type Domain } from './signIn.ts';

/** Attributes that are made when they are read (MS-ADTS section 3.1.1.4.5), and back links. */
export function computedAttributes(domain: Domain, now: () => Date): Computed {
	const backLinks = (name: string) => (entry: Entry, directory: Directory) => {
		const back = schema.attribute(name);
		const owners = back ? directory.links.ownersOf(back, entry.dn.key) : [];
		return [...owners].flatMap((key) => directory.get(key)?.dn.text ?? []);
	};
	const copyOf = (name: string) => (entry: Entry) => new Fields(entry, schema).values(name);
	return {
		memberOf: backLinks('memberOf'),
		directReports: backLinks('directReports'),
		managedObjects: backLinks('managedObjects'),
		distinguishedName: (entry) => (entry.dn.rdns.length > 0 ? [entry.dn.text] : []),
		canonicalName: (entry) => canonicalName(entry, domain),
		createTimeStamp: copyOf('whenCreated'),
		modifyTimeStamp: copyOf('whenChanged'),
		structuralObjectClass: copyOf('objectClass'),
		subSchemaSubEntry: () => [`CN=Aggregate,CN=Schema,CN=Configuration,${domain.base}`],
		primaryGroupToken(entry) {
			const fields = new Fields(entry, schema);
			if (!fields.has('objectClass', 'group')) return [];
			return [String(fields.values('objectSid')[0]?.readUInt32LE(24) ?? 0)];
		},
		tokenGroups(entry, directory) {
			const fields = new Fields(entry, schema);
			const primary = fields.one('primaryGroupID');
			const sids = groupsOf(entry, directory).flatMap((group) =>
				new Fields(group, schema).values('objectSid'),
			);
			return primary ? [...sids, sidBytes(`${domain.sid}-${primary}`)] : sids;
		},
		'msDS-User-Account-Control-Computed'(entry) {
			const fields = new Fields(entry, schema);
			if (!fields.has('objectClass', 'user')) return [];
			const locked = (fields.one('lockoutTime') ?? '0') === '0' ? 0 : Uac.lockedOut;
			return [String(locked | (isExpired(fields, domain, now()) ? Uac.passwordExpired : 0))];
		},
	};
}

function isExpired(fields: Fields, { maxPasswordAge }: Domain, now: Date): boolean {
	if ((fields.number('userAccountControl') & Uac.passwordNeverExpires) !== 0) return false;
	const lastSet = BigInt(fields.one('pwdLastSet') ?? '0');
	const age = BigInt(maxPasswordAge) * 864_000_000_000n;
	return lastSet === 0n || (age > 0n && lastSet + age <= fileTime(now));
}

/** "corp.example/Users/Ada" */
function canonicalName(entry: Entry, { dnsName }: Domain): string[] {
	const above = entry.dn.rdns
		.flatMap(({ assertions }) => assertions)
		.filter(({ type }) => type.toLowerCase() !== 'dc')
		.map(({ value }) => value.toString())
		.reverse();
	return entry.dn.rdns.length === 0 ? [] : [[dnsName, ...above].join('/') + (above[0] ? '' : '/')];
}
