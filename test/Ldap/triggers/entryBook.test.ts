import { noSchema } from '../../../nodes/Ldap/transport/schemaParser';
import type { Attribute } from '../../../nodes/Ldap/transport/entry';
import { EntryBook } from '../../../nodes/Ldap/triggers/entryBook';
import type { EventKind } from '../../../nodes/Ldap/triggers/events';
import { freshMemory, read, write, writeAll } from '../../../nodes/Ldap/triggers/memory';
import { attribute, watched } from './scriptedClient';

const ALL: EventKind[] = ['created', 'updated', 'deleted'];
const schema = async () => await Promise.resolve(noSchema);

async function bookOf(
	kinds = ALL,
	memory = freshMemory('subject', 0),
	memberAttributes: string[] = [],
) {
	const settings = { watched: { ...watched, memberAttributes }, kinds, keepValues: true };
	return { memory, book: await EntryBook.open({ schema }, memory, settings) };
}

const entry = (id: string, ...attributes: Attribute[]) => ({
	id,
	entry: { dn: `cn=${id}`, attributes: [attribute('cn', id), ...attributes] },
});
const inShort = (memory: Awaited<ReturnType<typeof bookOf>>['memory']) =>
	memory.waiting.map(({ event, id }) => `${event} ${id}`);

test('told again, nothing is an event', async () => {
	const { book, memory } = await bookOf();
	const news = { entries: [entry('a', attribute('mail', 'x', 'y'))] };
	book.take(news, false);
	book.take({ entries: [entry('a', attribute('mail', 'y', 'x'))] }, false);
	book.take(news, false);
	expect(inShort(memory)).toEqual(['created a']);
	book.take({ gone: ['a'] }, false);
	book.take({ gone: ['a'] }, false);
	expect(inShort(memory)).toEqual(['created a', 'deleted a']);
});

test('only a complete round says that what it does not name is gone', async () => {
	const { book, memory } = await bookOf();
	book.take({ entries: [entry('a'), entry('b'), entry('c')] }, true);
	expect(inShort(memory)).toEqual([]);
	book.take({ round: 'begin' }, false);
	book.take({ entries: [entry('a')] }, false);
	expect(book.take({ round: 'cancel' }, false)).toBe(false);
	// One that was cut off begins anew.
	book.take({ round: 'begin' }, false);
	book.take({ entries: [entry('c')] }, false);
	book.take({ round: 'begin' }, false);
	book.take({ present: ['a'], entries: [entry('b')] }, false);
	expect(book.take({ round: 'end' }, false)).toBe(true);
	expect(inShort(memory)).toEqual(['deleted c']);
	expect(book.take({ round: 'end' }, false)).toBe(false);
});

test('the same change twice has two ids; found again after a kill it has the same', async () => {
	const run = async () => {
		const { book, memory } = await bookOf();
		for (const title of ['a', 'b', 'a', 'b'])
			book.take({ entries: [entry('x', attribute('title', title))] }, false);
		return memory.waiting.map(({ eventId }) => eventId);
	};
	const ids = await run();
	expect(new Set(ids).size).toBe(4);
	expect(await run()).toEqual(ids);
});

test('what is written down is read again, shelf by shelf', async () => {
	const { book, memory } = await bookOf();
	const many = Array.from({ length: 500 }, (_, n) => entry(`id-${n}`, attribute('title', `${n}`)));
	book.take({ entries: many, cursor: 'here' }, true);
	memory.cursor = 'here';
	const parts = await writeAll(memory);
	const again = await read(parts, 'subject');
	expect(again).toMatchObject({ cursor: 'here', waiting: [], pending: [] });
	expect([...(again?.known.keys() ?? [])].sort()).toEqual(many.map(({ id }) => id).sort());
	expect(again?.known.get('id-7')).toEqual(memory.known.get('id-7'));
	expect(again?.known.idOf('CN=id-7')).toBe('id-7');
	expect(await read(parts, 'another subject')).toBeUndefined();
	expect(await read({}, 'subject')).toBeUndefined();

	book.take({ entries: [entry('id-7', attribute('title', 'new'))] }, false);
	const changed = Object.keys(write(memory));
	expect(changed).toHaveLength(2);
	expect(Object.keys(write(memory))).toEqual(['state']);
});

test('long values are kept as a fingerprint, bytes as bytes', async () => {
	const { book, memory } = await bookOf();
	const photo = Buffer.alloc(5_000, 1);
	book.take({ entries: [entry('a', attribute('jpegPhoto', photo))] }, true);
	expect(JSON.stringify(memory.known.get('a')).length).toBeLessThan(200);
	photo[4_999] = 2;
	book.take(
		{ entries: [entry('a', attribute('jpegPhoto', photo), attribute('raw', Buffer.from([255])))] },
		false,
	);
	expect(memory.waiting).toMatchObject([
		{ changes: [{ attribute: 'jpegPhoto' }, { attribute: 'raw' }] },
	]);
	expect(memory.known.get('a')?.attributes.raw).toEqual([':/w==']);
});

test('a group of any size has gained its members', async () => {
	const { book, memory } = await bookOf(['memberAdded'], undefined, ['member']);
	// More than a function takes as arguments.
	const values = Array.from({ length: 150_000 }, (_none, n) => Buffer.from(`cn=${n}`));
	book.take({ entries: [entry('staff', { type: 'member', values })] }, false);
	expect(memory.waiting).toHaveLength(values.length);
});
