import { done, entryAnswer, intermediateAnswer } from '../answers.ts';
import { boolean, enumerated, octets, readSequence, sequence, set, tlv } from '../ber.ts';
import type { Context, Outcome } from '../context.ts';
import { Oid } from '../controls.ts';
import { Fields, type Entry } from '../entry.ts';
import type { Control, SearchRequest } from '../message.ts';
import { Refusal, ResultCode } from '../refusal.ts';
import { selectAttributes, viewerOf } from '../view.ts';
import { candidates, matcherOf } from './candidates.ts';
import { follow } from './follow.ts';

const State = { present: 0, add: 1, modify: 2, delete: 3 } as const;
const REFRESH_AND_PERSIST = 3;
const MAX_UUIDS = 512;

/**
 * Content synchronization (RFC 4533): first what is new since the cookie, then, when asked to stay,
 * every change as it happens.
 */
export async function synchronize(
	request: SearchRequest,
	context: Context,
	control: Control,
): Promise<Outcome> {
	const { service, signal } = context;
	const reader = readSequence(control.value ?? Buffer.alloc(0));
	const persist = reader.integer(0x0a) === REFRESH_AND_PERSIST;
	const since = readCookie(reader.optional(0x04)?.toString(), context);
	service.personality.checkSearch(context.session.actor, request.base, request.scope);
	const matches = matcherOf(request, context);
	const found = candidates(request, context).filter(matches);
	const upTo = service.directory.sequence;
	const changes = persist ? follow(context) : undefined;

	const whole = since === undefined || since < upTo - service.sessionLog;
	await (whole ? sendPresent(found, since ?? 0, request, context) : sendSince(since));
	if (signal.aborted || !changes) {
		const value = sequence(octets(cookieOf(upTo, context)), ...(whole ? [] : [boolean(true)]));
		return { result: done(), controls: [{ oid: Oid.syncDone, critical: false, value }] };
	}
	await context.send(info(whole ? 0xa2 : 0xa1, octets(cookieOf(upTo, context))));
	for await (const { before, after, sequence: at } of changes) {
		const [was, is] = [matches(before), matches(after)];
		const cookie = cookieOf(at, context);
		if (after && is)
			await sendEntry(after, was ? State.modify : State.add, request, context, cookie);
		else if (before && was) await sendEntry(before, State.delete, request, context, cookie);
	}
	return { result: done(ResultCode.canceled) };

	/** The delete phase: what was changed, and which entries are gone. */
	async function sendSince(start: number): Promise<void> {
		const news = service.directory.changes.slice(start);
		const changed = new Set(news.map(({ after }) => uuidOf(after, context)));
		const there = new Set(found.map((entry) => uuidOf(entry, context)));
		const gone = news.flatMap(({ before }) => {
			const uuid = uuidOf(before, context);
			return before && matches(before) && !there.has(uuid) ? [uuid] : [];
		});
		await sendUuids([...new Set(gone)], true, context);
		for (const entry of found) {
			if (changed.has(uuidOf(entry, context))) {
				await sendEntry(entry, State.add, request, context);
			}
		}
	}
}

/** The present phase: what was changed as a whole, and the UUID of what was not. */
async function sendPresent(
	found: Entry[],
	since: number,
	request: SearchRequest,
	context: Context,
): Promise<void> {
	const changed = new Set(
		context.service.directory.changes.slice(since).map(({ after }) => uuidOf(after, context)),
	);
	const [news, olds] = [true, false].map((isNew) =>
		found.filter((entry) => (since === 0 || changed.has(uuidOf(entry, context))) === isNew),
	);
	for (const entry of news ?? []) await sendEntry(entry, State.add, request, context);
	await sendUuids(
		(olds ?? []).map((entry) => uuidOf(entry, context)),
		false,
		context,
	);
}

async function sendUuids(uuids: string[], gone: boolean, context: Context): Promise<void> {
	for (let at = 0; at < uuids.length; at += MAX_UUIDS) {
		const some = uuids.slice(at, at + MAX_UUIDS).map((uuid) => octets(bytesOf(uuid)));
		await context.send(info(0xa3, ...(gone ? [boolean(true)] : []), set(...some)));
	}
}

async function sendEntry(
	entry: Entry,
	state: number,
	request: SearchRequest,
	context: Context,
	cookie?: string,
): Promise<void> {
	if (context.signal.aborted) return;
	const { service, session } = context;
	const attributes =
		state === State.delete
			? []
			: selectAttributes(entry, request, service, viewerOf(service, session));
	const value = sequence(
		enumerated(state),
		octets(bytesOf(uuidOf(entry, context))),
		...(cookie ? [octets(cookie)] : []),
	);
	const control = { oid: Oid.syncState, critical: false, value };
	await context.send(entryAnswer(entry.dn.text, attributes), [control]);
}

const info = (tag: number, ...content: Buffer[]) =>
	intermediateAnswer(Oid.syncInfo, tlv(tag, ...content));

const bytesOf = (uuid: string) => Buffer.from(uuid.replace(/-/g, ''), 'hex');

function uuidOf(entry: Entry | undefined, { service: { directory } }: Context): string {
	return (entry && new Fields(entry, directory.schema).one('entryUUID')) ?? '';
}

/** "rid=000,csn=20261124120000.000000Z#00001f#000#000000": the count is that of the change. */
function cookieOf(at: number, { service }: Context): string {
	const time = service.now().toISOString().replace(/\D/g, '');
	const csn = `${time.slice(0, 14)}.${time.slice(14, 17)}000Z#${at.toString(16).padStart(6, '0')}`;
	return `rid=000,csn=${csn}#000#000000`;
}

function readCookie(text: string | undefined, { service }: Context): number | undefined {
	if (!text) return undefined;
	const [, count] = /csn=[\d.]+Z#([0-9a-f]{6})#/.exec(text) ?? [];
	if (count === undefined) throw new Refusal('protocolError', 'Sync control : cookie is invalid');
	const at = Number.parseInt(count, 16);
	if (at > service.directory.sequence) {
		throw new Refusal('unwillingToPerform', 'consumer state is newer than provider!');
	}
	return at;
}
