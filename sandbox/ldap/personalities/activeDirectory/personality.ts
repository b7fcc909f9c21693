import { Oid } from '../../controls.ts';
import { escapeValue, nameOf, parseDn } from '../../dn.ts';
import { Entry, Fields } from '../../entry.ts';
import { fileTime, guidBytes, guidText, sidBytes } from '../../identifiers.ts';
import type { Personality, WriteContext } from '../../personality.ts';
import { Refusal } from '../../refusal.ts';
import { checkAccount, completeAccount, isSamAccount } from './accounts.ts';
import { computedAttributes } from './computed.ts';
import { expandClasses, plantDomain, stampChanged, stampNew, updateNumber } from './domain.ts';
import { changePassword, checkNewPassword } from './passwords.ts';
import { schema } from './schema.ts';
import { signIn, type Domain } from './signIn.ts';
import { checkPlace } from './structure.ts';
import { activeDirectoryWords as words, constraint, unwilling } from './words.ts';

export interface ActiveDirectoryOptions {
	domain: Domain;
	administratorPassword: string;
	/** OIDs of the controls by which clients are told of changes */
	push: readonly string[];
	maxPageSize: number;
	maxValues: number;
	now: () => Date;
}

const FIRST_RID = 1103;
/** "Active Directory", and the extras of its versions (MS-ADTS section 3.1.1.3.4.3). */
const capabilities = ['800', '1670', '1791', '1935', '2080', '2237'];
const common = [Oid.lazyCommit, Oid.showDeleted, Oid.showRecycled];

/** A domain controller of Windows Server with one domain. */
export function activeDirectory(options: ActiveDirectoryOptions): Personality {
	const { domain, maxPageSize, maxValues } = options;
	const { base, dnsName } = domain;
	let nextRid = FIRST_RID;
	const configuration = `CN=Configuration,${base}`;
	const subschemaDn = `CN=Aggregate,CN=Schema,${configuration}`;
	return {
		name: 'activeDirectory',
		schema,
		linkPairs: [
			['member', 'memberOf'],
			['manager', 'directReports'],
			['managedBy', 'managedObjects'],
		],
		followedLinks: ['member', 'manager', 'managedBy'],
		linkUpdatesCount: false,
		ignoresNoChange: true,
		strictLinks: true,
		words,
		base,
		subschemaDn,
		subschemaClasses: ['top', 'subSchema'],
		maxPageSize,
		maxValues,
		controls: {
			search: [...common, ...[Oid.pagedResults, Oid.sortRequest, Oid.domainScope], ...options.push],
			add: [...common, Oid.permissiveModify],
			modify: [...common, Oid.permissiveModify],
			delete: [...common, Oid.treeDelete],
			modifyDn: common,
			compare: common,
		},
		extensions: [Oid.startTls, Oid.whoAmI],
		rootDse: (directory, now) => ({
			namingContexts: [base, configuration, `CN=Schema,${configuration}`],
			defaultNamingContext: [base],
			schemaNamingContext: [`CN=Schema,${configuration}`],
			configurationNamingContext: [configuration],
			rootDomainNamingContext: [base],
			supportedCapabilities: capabilities.map((end) => `1.2.840.113556.1.4.${end}`),
			supportedSASLMechanisms: ['GSSAPI', 'GSS-SPNEGO', 'EXTERNAL', 'DIGEST-MD5'],
			supportedLDAPPolicies: ['MaxPageSize', 'MaxValRange'],
			supportedLDAPVersion: ['3', '2'],
			highestCommittedUSN: [String(updateNumber(directory) - 1)],
			currentTime: [`${now.toISOString().replace(/\D/g, '').slice(0, 14)}.0Z`],
			dnsHostName: [`dc1.${dnsName}`],
			isSynchronized: ['TRUE'],
			isGlobalCatalogReady: ['TRUE'],
			domainFunctionality: ['7'],
			forestFunctionality: ['7'],
			domainControllerFunctionality: ['7'],
		}),
		otherParts: ['DC=ForestDnsZones', 'DC=DomainDnsZones', 'CN=Configuration'].map((rdn) => ({
			dn: `${rdn},${base}`,
			urls: [`ldap://${rdn.startsWith('DC=') ? `${rdn.slice(3)}.${dnsName}` : dnsName}`],
		})),
		indexed: ['sAMAccountName', 'userPrincipalName', 'objectGUID', 'objectSid'],
		findSpecial(name, directory) {
			const [, kind = '', value = ''] = /^<(GUID|SID)=([^>]+)>$/i.exec(name) ?? [];
			if (!value) return undefined;
			const bytes = /^[0-9a-f]+$/i.test(value) ? Buffer.from(value, 'hex') : undefined;
			return kind.toUpperCase() === 'GUID'
				? directory.find('objectGUID', bytes ?? guidBytes(value))
				: directory.find('objectSid', bytes ?? sidBytes(value));
		},
		computed: computedAttributes(domain, options.now),
		plant: (directory, now) => plantDomain(domain, options.administratorPassword, directory, now),
		authenticate: (name, password, context) => signIn(name, password, domain, context),
		checkSearch(actor, name, scope) {
			if (actor.role !== 'anonymous' || (name === '' && scope === 'base')) return;
			throw new Refusal('operationsError', NOT_BOUND);
		},
		mayRead: (_actor, _entry, { names }) => !names.includes('unicodePwd'),
		checkWrite(actor, target, changes) {
			if (actor.role === 'admin') return;
			if (actor.role === 'anonymous') throw new Refusal('operationsError', NOT_BOUND);
			const passwordOnly = changes?.every(
				({ type, operation }) => type.toLowerCase() === 'unicodepwd' && operation !== 'replace',
			);
			if (actor.key !== target?.dn.key || !passwordOnly) throw words.insufficientAccess();
		},
		completeAdd(entry, context) {
			const fields = new Fields(entry, schema);
			const className = expandClasses(fields);
			if (className === '') throw words.noStructuralClass();
			const parentKey = entry.dn.parentKey;
			checkPlace(entry, className, context.directory.get(parentKey));
			stampNew(fields, entry, className, base);
			if (isSamAccount(fields.all('objectClass'))) {
				completeAccount(fields, nextRid++, domain.sid);
				checkNewPassword(fields, context);
				checkTimes(fields, undefined, context);
				checkAccount(entry, undefined, context.directory);
			}
			stampChanged(fields, context.directory, context.now);
		},
		takeChanges(after, changes, context) {
			const isPassword = ({ type }: { type: string }) => type.toLowerCase() === 'unicodepwd';
			const passwords = changes.filter(isPassword);
			if (passwords.length > 0) {
				changePassword(new Fields(after, schema), passwords, context);
			}
			return changes.filter((change) => !isPassword(change));
		},
		completeModify(before, after, _changes, context) {
			const fields = new Fields(after, schema);
			checkName(before, after);
			expandClasses(fields);
			if (isSamAccount(fields.all('objectClass'))) {
				checkTimes(fields, before, context);
				checkAccount(after, before, context.directory);
			}
			stampChanged(fields, context.directory, context.now);
		},
		completeRename(_before, after, context) {
			const fields = new Fields(after, schema);
			const className = fields.all('objectClass').at(-1) ?? '';
			checkPlace(after, className, context.directory.get(after.dn.parentKey));
			fields.set('name', after.dn.rdns[0]?.assertions[0]?.value ?? '');
			stampChanged(fields, context.directory, context.now);
		},
		beforeDelete: (entry, context) => tombstone(entry, base, context),
		hasPassword: () => false,
		setPassword() {
			throw unwilling('0000001F');
		},
	};
}

const NOT_BOUND =
	'000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563';

/** The name of an entry changes by renaming it only. @throws {Refusal} notAllowedOnRDN */
function checkName(before: Entry, after: Entry): void {
	const [rdn] = before.dn.rdns[0]?.assertions ?? [];
	const values = (entry: Entry) => new Fields(entry, schema).all(rdn?.type ?? 'cn').join('\0');
	if (values(before) !== values(after)) throw words.naming(rdn?.type ?? 'cn', true);
}

/** pwdLastSet and lockoutTime take few values (MS-SAMR section 3.1.1.8). @throws {Refusal} */
function checkTimes(fields: Fields, before: Entry | undefined, { now }: WriteContext): void {
	const old = before && new Fields(before, schema);
	const changed = (name: string) => old !== undefined && fields.one(name) !== old.one(name);
	const set = fields.one('pwdLastSet');
	if (set === '-1') fields.set('pwdLastSet', String(fileTime(now)));
	else if (changed('pwdLastSet') && set !== '0' && !changed('unicodePwd')) {
		throw constraint('00000057', 'pwdLastSet');
	}
	if (changed('lockoutTime') && fields.one('lockoutTime') !== '0') {
		throw constraint('00000057', 'lockoutTime');
	}
	if (changed('lockoutTime')) fields.set('badPwdCount', 0);
}

/** What stays of a deleted entry (MS-ADTS section 3.1.1.5.5.1.1). */
function tombstone(entry: Entry, base: string, context: WriteContext): Entry {
	const old = new Fields(entry, schema);
	const guid = old.values('objectGUID')[0] ?? Buffer.alloc(16);
	const name = `${old.one('name') ?? ''}\nDEL:${guidText(guid)}`;
	const rdn = parseDn(`CN=${escapeValue(Buffer.from(name))}`, schema).rdns;
	const remains = new Entry(
		nameOf([...rdn, ...parseDn(`CN=Deleted Objects,${base}`, schema).rdns]),
	);
	const fields = new Fields(remains, schema);
	for (const kept of ['objectClass', 'objectGUID', 'objectSid', 'instanceType', 'uSNCreated']) {
		fields.set(kept, ...old.values(kept));
	}
	for (const kept of ['whenCreated', 'sAMAccountName', 'userAccountControl', 'groupType']) {
		fields.set(kept, ...old.values(kept));
	}
	fields.set('cn', name);
	fields.set('name', name);
	fields.set('isDeleted', 'TRUE');
	fields.set('lastKnownParent', nameOf(entry.dn.rdns.slice(1)).text);
	stampChanged(fields, context.directory, context.now);
	return remains;
}
