import fc from 'fast-check';
import { BerReader as OtherReader, BerWriter as OtherWriter } from 'ldapts';
import {
	BerError,
	BerReader,
	element,
	integer,
	octets,
	sequence,
} from '../../../nodes/Ldap/transport/ber';

const read = (...bytes: number[]) => new BerReader(Buffer.from(bytes));

describe('writing', () => {
	// X.690 section 8.3.2: the shortest form in two's complement.
	test.each([
		[0, '020100'],
		[127, '02017f'],
		[128, '02020080'],
		[256, '02020100'],
		[-1, '0201ff'],
		[-128, '020180'],
		[-129, '0202ff7f'],
		[2147483647, '02047fffffff'],
	])('integer %d is %s', (value, hex) => {
		expect(integer(value).toString('hex')).toBe(hex);
		expect(new BerReader(integer(value)).integer()).toBe(value);
	});

	test.each([
		[127, '047f'],
		[128, '048180'],
		[255, '0481ff'],
		[256, '04820100'],
		[65536, '0483010000'],
	])('a string of %d bytes begins with %s', (length, hex) => {
		expect(octets(Buffer.alloc(length)).toString('hex', 0, hex.length / 2)).toBe(hex);
	});

	test('another reader reads what we write, and we read what another writer writes', () => {
		fc.assert(
			fc.property(
				fc.maxSafeNat().map((n) => n % 2 ** 31),
				fc.string({ unit: 'grapheme' }),
				(number, text) => {
					const other = new OtherReader(sequence(integer(number), octets(text)));
					other.readSequence();
					expect([other.readInt(), other.readString()]).toEqual([number, text]);
					const writer = new OtherWriter();
					writer.startSequence();
					writer.writeInt(number);
					writer.writeString(text);
					writer.endSequence();
					const ours = new BerReader(Buffer.from(writer.buffer));
					ours.enter(0x30);
					expect([ours.integer(), ours.text()]).toEqual([number, text]);
				},
			),
		);
	});
});

describe('reading refuses', () => {
	test.each([
		['an indefinite length', [0x04, 0x80, 0x00, 0x00]],
		['a length of five bytes', [0x04, 0x85, 0, 0, 0, 0, 1, 65]],
		['a string that ends later than the bytes', [0x04, 0x05, 65]],
		['a head without its length', [0x04]],
		['nothing', []],
		['another tag', [0x02, 0x01, 0x01]],
	])('%s', (_name, bytes) => {
		expect(() => read(...bytes).octets()).toThrow(BerError);
	});

	test('a member that is longer than its sequence, though the bytes go on', () => {
		const reader = read(0x30, 0x03, 0x04, 0x05, 65, 66, 67, 68, 69);
		reader.enter(0x30);
		expect(() => reader.octets()).toThrow('outside of its parent');
	});

	test('an integer without bytes, and one of seven', () => {
		expect(() => read(0x02, 0x00).integer()).toThrow(BerError);
		expect(() => new BerReader(element(0x02, Buffer.alloc(7))).integer()).toThrow(BerError);
	});

	test('nothing but BerErrors comes out of arbitrary bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
				const reader = new BerReader(Buffer.from(bytes));
				try {
					while (reader.more) reader.skip();
				} catch (error) {
					expect(error).toBeInstanceOf(BerError);
				}
			}),
		);
	});
});

test('what follows in an element that is not known is skipped', () => {
	const reader = new BerReader(Buffer.concat([sequence(integer(1), octets('later')), integer(2)]));
	const outer = reader.enter(0x30);
	expect(reader.integer()).toBe(1);
	reader.leave(outer);
	expect(reader.integer()).toBe(2);
	expect(reader.more).toBe(false);
});
