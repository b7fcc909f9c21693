import { done, entryAnswer } from '../answers.ts';
import { integer, octets, readSequence, sequence } from '../ber.ts';
import { readName, type Context, type Outcome } from '../context.ts';
import { Oid } from '../controls.ts';
import { Fields, type Entry, type RawAttribute } from '../entry.ts';
import type { Control, SearchRequest } from '../message.ts';
import { Refusal } from '../refusal.ts';
import { selectAttributes, viewerOf } from '../view.ts';
import { matcherOf } from './candidates.ts';

const OBJECT_SECURITY = 1;
const always = ['objectGUID', 'instanceType', 'name', 'isDeleted'];

/** An entry that is new or changed, and what it was when the client last asked. */
interface News {
	entry: Entry;
	old?: Entry;
	/** sequence of its last change */
	at: number;
}

/**
 * DirSync of Active Directory (MS-ADTS section 3.1.1.3.4.1.3): all entries, tombstones too, that
 * changed since the cookie, with those of the wanted attributes that changed.
 */
export async function dirSync(
	request: SearchRequest,
	context: Context,
	control: Control,
): Promise<Outcome> {
	const { service, session } = context;
	const { personality, directory } = service;
	const reader = readSequence(control.value ?? Buffer.alloc(0));
	const flags = reader.integer();
	reader.integer();
	const since = readCookie(reader.next(0x04));
	personality.checkSearch(session.actor, request.base, request.scope);
	if (session.actor.role !== 'admin' && (flags & OBJECT_SECURITY) === 0) {
		throw personality.words.insufficientAccess();
	}
	if (readName(request.base, service).key !== readName(personality.base, service).key) {
		throw new Refusal(
			'unwillingToPerform',
			'00002105: SvcErr: DSID-03140538, problem 5003 (WILL_NOT_PERFORM), data 0\n',
		);
	}
	const matches = matcherOf({ ...request, scope: 'subtree' }, context);
	const news = newsSince(since, context).filter(({ entry }) => matches(entry));
	const sent = news.slice(0, personality.maxPageSize);
	for (const one of sent) {
		await context.send(entryAnswer(one.entry.dn.text, changedAttributes(one, request, context)));
	}
	const more = news.length > sent.length;
	const upTo = more ? (sent.at(-1)?.at ?? since) : directory.sequence;
	const value = sequence(integer(more ? 1 : 0), integer(0), octets(cookieOf(upTo)));
	return { result: done(), controls: [{ oid: Oid.dirSync, critical: false, value }] };
}

/** In the order of their last change, so that a cookie can tell how far a client got. */
function newsSince(since: number, { service: { directory } }: Context): News[] {
	const guidOf = (entry: Entry) => new Fields(entry, directory.schema).values('objectGUID')[0];
	const news = new Map<string, News>();
	for (const { before, after, sequence: at } of directory.changes.slice(since)) {
		const entry = after ?? before;
		if (!entry) continue;
		const bytes = guidOf(entry);
		const guid = bytes?.toString('hex') ?? '';
		const known = news.get(guid);
		news.delete(guid);
		const old = known ? known.old : before;
		news.set(guid, { entry: (bytes && directory.find('objectGUID', bytes)) ?? entry, old, at });
	}
	return [...news.values()];
}

function changedAttributes(
	{ entry, old }: News,
	request: SearchRequest,
	{ service, session }: Context,
): RawAttribute[] {
	const viewer = viewerOf(service, session);
	const select = (one: Entry, attributes: string[]) =>
		selectAttributes(
			one,
			{ attributes, typesOnly: false },
			{ ...service, personality: { ...service.personality, maxValues: Infinity } },
			viewer,
		);
	const now = select(entry, request.attributes);
	const before = new Map(
		(old ? select(old, request.attributes) : []).map(({ type, values }) => [type, values]),
	);
	const changed = now.filter(({ type, values }) => !same(values, before.get(type) ?? []));
	const cleared = [...before.keys()]
		.filter((name) => !now.some(({ type }) => type === name))
		.map((type) => ({ type, values: [] }));
	const all = [...select(entry, always), ...changed, ...cleared];
	return [...new Map(all.map((attribute) => [attribute.type, attribute])).values()];
}

const same = (one: Buffer[], other: Buffer[]) =>
	one.length === other.length && one.every((value, index) => other[index]?.equals(value));

const cookieOf = (at: number) => {
	const cookie = Buffer.from('MSDS\0\0\0\0');
	cookie.writeUInt32LE(at, 4);
	return cookie;
};

function readCookie(cookie: Buffer): number {
	if (cookie.length === 0) return 0;
	if (cookie.length === 8 && cookie.toString('latin1', 0, 4) === 'MSDS')
		return cookie.readUInt32LE(4);
	throw new Refusal(
		'unwillingToPerform',
		'00000057: LdapErr: DSID-0C090A5C, comment: Error processing control, data 0, v4563',
	);
}
