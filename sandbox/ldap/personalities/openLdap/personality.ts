import { randomUUID, timingSafeEqual } from 'node:crypto';
import { classesOf, structuralClass } from '../../checks.ts';
import { Oid } from '../../controls.ts';
import type { Directory } from '../../directory.ts';
import { distinguishedNameKey, parseDn } from '../../dn.ts';
import { Entry, Fields } from '../../entry.ts';
import type { Actor, Personality, WriteContext } from '../../personality.ts';
import { Refusal } from '../../refusal.ts';
import { Schema } from '../../schema.ts';
import * as standard from '../../schema/standard.ts';
import { objectClasses } from '../../schema/standardClasses.ts';
import { openLdapWords as words } from './words.ts';

const schema = new Schema({ ...standard, objectClasses }, { upperCaseTypes: false, escape: 'hex' });

export interface OpenLdapOptions {
	base: string;
	admin: { dn: string; password: string };
	/** whether who is not bound may read */
	anonymousReads: boolean;
	/** OIDs of the controls by which clients are told of changes */
	push: readonly string[];
}

const writeControls = [Oid.assertion, Oid.manageDsaIt, Oid.permissiveModify];
const readControls = [Oid.preRead, Oid.postRead];

/** slapd with one database and the overlays memberof, refint, sssvlv and syncprov, and of ppolicy what locks accounts. */
export function openLdap({ base, admin, anonymousReads, push }: OpenLdapOptions): Personality {
	const administrator: Actor = {
		dn: admin.dn,
		key: distinguishedNameKey(admin.dn, schema) ?? '',
		role: 'admin',
		authzId: `dn:${admin.dn}`,
	};
	return {
		name: 'openLdap',
		schema,
		linkPairs: [['member', 'memberOf']],
		followedLinks: ['member'],
		linkUpdatesCount: true,
		ignoresNoChange: false,
		strictLinks: false,
		words,
		base,
		subschemaDn: 'cn=Subschema',
		subschemaClasses: ['top', 'subentry', 'subschema', 'extensibleObject'],
		maxPageSize: Infinity,
		maxValues: Infinity,
		controls: {
			search: [Oid.pagedResults, Oid.sortRequest, Oid.assertion, Oid.manageDsaIt, ...push],
			add: [...writeControls, Oid.postRead],
			modify: [...writeControls, ...readControls],
			delete: [...writeControls, Oid.preRead],
			modifyDn: [...writeControls, ...readControls],
			compare: [Oid.assertion, Oid.manageDsaIt],
		},
		extensions: [Oid.startTls, Oid.passwordModify, Oid.whoAmI, Oid.cancel],
		rootDse: () => ({
			objectClass: ['top', 'OpenLDAProotDSE'],
			namingContexts: [base],
			// all operational attributes, attributes of a class, absolute filters, increment
			supportedFeatures: [
				'1.3.6.1.1.14',
				'1.3.6.1.4.1.4203.1.5.1',
				'1.3.6.1.4.1.4203.1.5.2',
				'1.3.6.1.4.1.4203.1.5.3',
			],
		}),
		otherParts: [],
		indexed: [],
		findSpecial: () => undefined,
		computed: {
			memberOf: (entry, directory) => {
				const back = schema.attribute('memberOf');
				const owners = back ? directory.links.ownersOf(back, entry.dn.key) : [];
				return [...owners].flatMap((key) => directory.get(key)?.dn.text ?? []);
			},
			entryDN: (entry) => [entry.dn.text],
			hasSubordinates: (entry, directory) => [
				directory.hasChildren(entry.dn.key) ? 'TRUE' : 'FALSE',
			],
			subschemaSubentry: () => ['cn=Subschema'],
		},
		plant(directory, now) {
			const dn = parseDn(base, schema);
			const entry = new Entry(dn);
			const [rdn] = dn.rdns[0]?.assertions ?? [];
			const fields = new Fields(entry, schema);
			const domain = rdn?.type.toLowerCase() === 'dc';
			fields.set('objectClass', ...(domain ? ['dcObject', 'organization'] : ['organization']));
			fields.set('o', rdn?.value ?? '');
			if (domain) fields.set('dc', rdn?.value ?? '');
			stampNew(entry, { directory, now, actor: administrator });
			directory.add(entry);
		},
		authenticate(name, password, { directory }) {
			const { key } = parseDn(name, schema);
			const entry = directory.get(key);
			if (key === administrator.key && same(password, admin.password)) return administrator;
			if (!entry || isLocked(entry) || !hasPassword(entry, password)) {
				throw new Refusal('invalidCredentials');
			}
			const dn = entry.dn.text;
			return { dn, key, role: 'user', authzId: `dn:${dn}` };
		},
		checkSearch(actor) {
			if (actor.role === 'anonymous' && !anonymousReads) throw words.noSuchObject('');
		},
		mayRead: (actor, entry, { names }) =>
			actor.role === 'admin' || !names.includes('userPassword') || actor.key === entry.dn.key,
		checkWrite(actor, target, changes) {
			if (actor.role === 'admin') return;
			if (actor.role === 'anonymous') {
				throw new Refusal('strongerAuthRequired', 'modifications require authentication');
			}
			const own = actor.key === target?.dn.key;
			const passwordOnly = changes?.every(({ type }) => type.toLowerCase() === 'userpassword');
			if (!own || !passwordOnly) throw words.insufficientAccess();
		},
		completeAdd: stampNew,
		takeChanges: (_after, changes) => changes,
		completeModify: (_before, after, _changes, context) => stampChanged(after, context),
		completeRename: (_before, after, context) => stampChanged(after, context),
		beforeDelete: () => undefined,
		hasPassword,
		setPassword(entry, password) {
			new Fields(entry, schema).set('userPassword', password);
		},
	};
}

function hasPassword(entry: Entry, password: string): boolean {
	return new Fields(entry, schema).all('userPassword').some((one) => same(one, password));
}

/** As the overlay ppolicy does it: whoever tries is not told why. */
const isLocked = (entry: Entry) => new Fields(entry, schema).all('pwdAccountLockedTime').length > 0;

function same(one: string, other: string): boolean {
	const [left, right] = [Buffer.from(one), Buffer.from(other)];
	return left.length === right.length && timingSafeEqual(left, right);
}

type Stamp = Pick<WriteContext, 'actor' | 'directory' | 'now'>;

function stampNew(entry: Entry, context: Stamp): void {
	const fields = new Fields(entry, schema);
	const structural = structuralClass(classesOf(entry, schema, words), schema, words);
	fields.set('structuralObjectClass', structural.names[0] ?? structural.oid);
	fields.set('entryUUID', randomUUID());
	fields.set('creatorsName', context.actor.dn);
	fields.set('createTimestamp', timestamp(context.now));
	stampChanged(entry, context);
}

function stampChanged(entry: Entry, { actor, directory, now }: Stamp): void {
	const fields = new Fields(entry, schema);
	fields.set('entryCSN', changeSequenceNumber(now, directory));
	fields.set('modifiersName', actor.dn);
	fields.set('modifyTimestamp', timestamp(now));
}

/** "20261124120000Z" */
export const timestamp = (at: Date) => `${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;

/** "20261124120000.000000Z#000001#000#000000": time, count within it, server, modification. */
function changeSequenceNumber(at: Date, { sequence }: Directory): string {
	const time = `${timestamp(at).slice(0, -1)}.${String(at.getTime() % 1000).padStart(3, '0')}000Z`;
	return `${time}#${(sequence + 1).toString(16).padStart(6, '0')}#000#000000`;
}
