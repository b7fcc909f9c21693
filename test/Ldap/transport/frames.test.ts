import fc from 'fast-check';
import { octets, sequence } from '../../../nodes/Ldap/transport/ber';
import { Frames } from '../../../nodes/Ldap/transport/frames';
import { SeenNames } from '../../../nodes/Ldap/transport/seenNames';

test('messages come out as they went in, however the stream is cut', () => {
	fc.assert(
		fc.property(
			fc.array(fc.nat(400), { minLength: 1, maxLength: 8 }),
			fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }),
			(sizes, cuts) => {
				const messages = sizes.map((size, n) => sequence(octets(Buffer.alloc(size, n))));
				const stream = Buffer.concat(messages);
				const frames = new Frames(10_000);
				const out: Buffer[] = [];
				for (let at = 0, n = 0; at < stream.length; n++) {
					const size = cuts[n % cuts.length] ?? 1;
					frames.push(stream.subarray(at, at + size), (message) => out.push(message) > 0);
					at += size;
				}
				expect(out.map((message) => message.toString('hex'))).toEqual(
					messages.map((message) => message.toString('hex')),
				);
			},
		),
	);
});

test('a large message is put together once, whatever the number of its chunks', () => {
	const message = sequence(octets(Buffer.alloc(64 * 1024 * 1024)));
	const frames = new Frames(100 * 1024 * 1024);
	const concat = jest.spyOn(Buffer, 'concat');
	let found = 0;
	for (let at = 0; at < message.length; at += 65_536)
		frames.push(message.subarray(at, at + 65_536), ({ length }) => (found = length) > 0);
	expect(found).toBe(message.length);
	expect(concat.mock.calls.length).toBeLessThan(5);
	concat.mockRestore();
});

test('what comes after a message that asks to stop is counted and left alone', () => {
	const frames = new Frames(1_000);
	const taken: number[] = [];
	const left = frames.push(
		Buffer.concat([sequence(octets('a')), Buffer.from('garbage')]),
		({ length }) => taken.push(length) < 0,
	);
	expect(taken).toEqual([5]);
	expect(left).toBe(7);
});

test.each([
	['text', Buffer.from('HTTP'), 'no LDAP message'],
	['too long a message', Buffer.from('3084000003e9', 'hex'), '1007 bytes'],
])('refuses %s', (_name, bytes, message) => {
	expect(() => new Frames(1_000).push(bytes, () => true)).toThrow(message);
});

test('names are new once, as many as there are', () => {
	const seen = new SeenNames();
	const names = Array.from({ length: 20_000 }, (_, n) => `cn=person ${n},ou=people,dc=example`);
	expect(names.filter((name) => !seen.add(name))).toEqual([]);
	expect(names.filter((name) => seen.add(name))).toEqual([]);
});
