import fc from 'fast-check';
import type { Entry } from '../../../nodes/Ldap/transport/entry';
import { Frames } from '../../../nodes/Ldap/transport/frames';
import { ldifWriter } from '../../../nodes/Ldap/transport/ldif';
import { decodeMessage } from '../../../nodes/Ldap/transport/message';
import { Texts } from '../../../nodes/Ldap/transport/texts';
import { shapeEntry } from '../../../nodes/Ldap/transport/values/shapeEntry';
import { openLdap } from './schemas';
import { entry } from './scriptedServer';

/** What comes of the bytes when they arrive in chunks of these sizes. */
function received(stream: Buffer, sizes: number[]): Entry[] {
	const frames = new Frames(100_000_000);
	const entries: Entry[] = [];
	for (let at = 0, n = 0; at < stream.length; n++) {
		const size = sizes[n % sizes.length] ?? 1;
		frames.push(stream.subarray(at, at + size), (message) => {
			const { answer } = decodeMessage(message);
			return answer.type === 'entry' && entries.push(answer.entry) > 0;
		});
		at += size;
	}
	return entries;
}

const sent = (entries: Entry[]): Buffer =>
	Buffer.concat(
		entries.map(({ dn, attributes }) =>
			entry(
				1,
				dn,
				...attributes.map(({ type, values }): [string, ...Buffer[]] => [type, ...values]),
			),
		),
	);

const plain = ({ dn, attributes }: Entry): Entry => ({ dn, attributes });

const OPTIONS = { values: 'typed', binary: 'base64' } as const;

/** The same entries come out, as attributes, as rows and as LDIF. */
function expectSame(got: Entry[], wanted: Entry[]): void {
	expect(got.map(plain)).toEqual(wanted);
	const rows = (entries: Entry[]) => entries.map((one) => shapeEntry(one, openLdap, OPTIONS).row);
	expect(rows(got)).toEqual(rows(wanted));
	const write = ldifWriter();
	expect(got.map((one) => write(one))).toEqual(wanted.map((one) => write(one)));
}

const value = fc.oneof(
	fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
	fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => Buffer.from(text)),
	fc.constantFrom('Berlin', 'München', '', '42').map((text) => Buffer.from(text)),
);
const type = fc.constantFrom('cn', 'sn', 'title', 'jpegPhoto', 'uidNumber', 'x;lang-de', 'Größe');
const attributes = fc.uniqueArray(fc.record({ type, values: fc.array(value, { maxLength: 4 }) }), {
	selector: (attribute) => attribute.type,
	maxLength: 6,
});
const entries = fc.array(fc.record({ dn: fc.string({ unit: 'grapheme' }), attributes }), {
	minLength: 1,
	maxLength: 8,
});
const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });

test('entries are what was sent, however the bytes are cut', () => {
	fc.assert(
		fc.property(entries, cuts, (wanted, sizes) =>
			expectSame(received(sent(wanted), sizes), wanted),
		),
	);
});

test('also groups of 10,000 members and values of more than one read of a socket', () => {
	const members = Array.from({ length: 10_000 }, (_, n) => Buffer.from(`uid=user${n},ou=people`));
	const wanted = [
		{ dn: 'cn=before', attributes: [{ type: 'cn', values: [Buffer.from('before')] }] },
		{
			dn: 'cn=all',
			attributes: [
				{ type: 'jpegPhoto', values: [Buffer.alloc(70_000, 1), Buffer.alloc(200_000, 'é')] },
				{ type: 'member', values: members },
				{ type: 'description', values: [Buffer.from('ü'.repeat(100_000))] },
			],
		},
		{ dn: 'cn=after', attributes: [{ type: 'cn', values: [Buffer.from('after')] }] },
	];
	const stream = sent(wanted);
	const few = { numRuns: 10 };
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 500, max: 70_000 }), { minLength: 1 }), (sizes) =>
			expectSame(received(stream, sizes), wanted),
		),
		few,
	);
});

test('what was not read of an attribute is no part of the next', () => {
	const [one] = received(
		sent([
			{
				dn: 'cn=a',
				attributes: [
					{ type: 'cn', values: ['a', 'b', 'c'].map((text) => Buffer.from(text)) },
					{ type: 'sn', values: [Buffer.from('d')] },
				],
			},
		]),
		[1_000],
	);
	const reader = one?.read?.();
	expect([reader?.next(), reader?.type, reader?.nextValue()]).toEqual([true, 'cn', true]);
	expect([reader?.next(), reader?.type, reader?.nextValue()]).toEqual([true, 'sn', true]);
	expect(reader?.bytes.toString('utf8', reader.start, reader.end)).toBe('d');
	expect([reader?.nextValue(), reader?.next()]).toEqual([false, false]);
});

test('texts are those of their bytes, whatever came before', () => {
	fc.assert(
		fc.property(fc.array(value), (values) => {
			const texts = new Texts(2);
			const bytes = Buffer.concat([Buffer.from('>'), ...values]);
			let at = 1;
			for (const each of values) {
				expect(texts.at(bytes, at, at + each.length)).toBe(each.toString());
				at += each.length;
			}
		}),
	);
});
