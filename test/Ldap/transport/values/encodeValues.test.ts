import fc from 'fast-check';
import type { Schema } from '../../../../nodes/Ldap/transport/schema';
import { encodeValues } from '../../../../nodes/Ldap/transport/values/encodeValues';
import { sentAs } from '../../../../nodes/Ldap/transport/values/sentAs';
import { shapeEntry } from '../../../../nodes/Ldap/transport/values/shapeEntry';
import { Failure } from '../../../../nodes/shared/resilience/failure';
import { activeDirectory, openLdap } from '../schemas';

const textsOf = (schema: Schema, attribute: string, values: unknown) =>
	encodeValues(schema, attribute, values).map((value) => value.toString());

const hexOf = (schema: Schema, attribute: string, values: unknown) =>
	encodeValues(schema, attribute, values).map((value) => value.toString('hex'));

function refusal(attribute: string, values: unknown, schema = openLdap): Failure {
	try {
		encodeValues(schema, attribute, values);
	} catch (error) {
		if (error instanceof Failure) return error;
	}
	throw new Error('It was taken');
}

/** n8n gives dates of this kind. */
const dateTime = (iso: string) => ({
	toISO: () => iso,
	valueOf: () => Date.parse(iso),
});

test.each([
	['cn', 'Łukasz', ['Łukasz']],
	['cn', ['a', 'b'], ['a', 'b']],
	['cn', 5, ['5']],
	['cn', null, []],
	['cn', [], []],
	['cn;lang-de', 'a', ['a']],
	['unheardOf', 'a', ['a']],
	['hasSubordinates', true, ['TRUE']],
	['hasSubordinates', 'false', ['FALSE']],
	['uidNumber', 1000, ['1000']],
	['uidNumber', '+0012', ['12']],
	['uidNumber', '-9007199254740993', ['-9007199254740993']],
	['uidNumber', 12n, ['12']],
	['createTimestamp', '2026-01-31T08:00:00Z', ['20260131080000Z']],
	['createTimestamp', '2026-01-31T08:00:00.250+01:00', ['20260131070000.250Z']],
	['createTimestamp', '2026-01-31', ['20260131000000Z']],
	['createTimestamp', '20260131', undefined],
	['createTimestamp', '20260131080000Z', ['20260131080000Z']],
	['createTimestamp', new Date('2026-01-31T08:00:00Z'), ['20260131080000Z']],
	['createTimestamp', dateTime('2026-01-31T08:00:00Z'), ['20260131080000Z']],
	['userPassword', 'geheim ü', ['geheim ü']],
	['jpegPhoto', { text: 'abc' }, ['abc']],
	['jpegPhoto', { base64: 'YWJj' }, ['abc']],
	['jpegPhoto', 'YWJj', ['abc']],
	['jpegPhoto', 'data:image/jpeg;base64,YWJj', ['abc']],
	['jpegPhoto', Buffer.from('abc'), ['abc']],
	['jpegPhoto', { type: 'Buffer', data: [97, 98] }, ['ab']],
	[
		'userCertificate;binary',
		'-----BEGIN CERTIFICATE-----\nYW\nJj\n-----END CERTIFICATE-----\n',
		['abc'],
	],
	['cn', { base64: 'YWJj' }, ['abc']],
	['cn', { text: '' }, ['']],
])('%s: %p', (attribute, values, expected) => {
	if (expected) expect(textsOf(openLdap, attribute, values)).toEqual(expected);
	else expect(() => encodeValues(openLdap, attribute, values)).toThrow(Failure);
});

test.each([{ base64: '' }, '', 'data:image/jpeg;base64,'])('a photo of 12 MB as %j…', (form) => {
	const photo = Buffer.alloc(12_000_000, 'photo');
	const text = photo.toString('base64');
	const given = typeof form === 'string' ? `${form}${text}` : { base64: text };
	expect(encodeValues(openLdap, 'jpegPhoto', given)[0]?.equals(photo)).toBe(true);
});

test.each([
	['accountExpires', '2024-01-01T00:00:00Z', '133485408000000000'],
	['accountExpires', '2024-01-01', '133485408000000000'],
	['accountExpires', new Date(0), '116444736000000000'],
	['accountExpires', 'never', '9223372036854775807'],
	['accountExpires', '133485408000000000', '133485408000000000'],
	['pwdLastSet', 0, '0'],
	['pwdLastSet', -1, '-1'],
	['maxPwdAge', 3628800, '-36288000000000'],
	['maxPwdAge', '1.5', '-15000000'],
	['maxPwdAge', 0, '0'],
	['maxPwdAge', 'never', '-9223372036854775808'],
	['userAccountControl', 512, '512'],
])('%s of Active Directory: %p', (attribute, value, expected) => {
	expect(textsOf(activeDirectory, attribute, value)).toEqual([expected]);
});

test.each([
	['objectGUID', '3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'e004253f894fd3419a0c0305e82c3301'],
	['objectGUID', '{3F2504E0-4F89-41D3-9A0C-0305E82C3301}', 'e004253f894fd3419a0c0305e82c3301'],
	['objectSid', 'S-1-5-32-544', '01020000000000052000000020020000'],
	['objectSid', 's-1-0x12345678abcd-1', '010112345678abcd01000000'],
	// https://learn.microsoft.com/windows/win32/adschema/a-unicodepwd: in quotes, UTF-16
	['unicodePwd', 'new', '22006e00650077002200'],
	['unicodePwd', 'ü"', '2200fc0022002200'],
])('%s %s is bytes', (attribute, value, expected) => {
	expect(hexOf(activeDirectory, attribute, value)).toEqual([expected]);
});

test.each([
	['userCertificate', 'userCertificate;binary'],
	['2.5.4.36;x-a', '2.5.4.36;x-a;binary'],
	['userCertificate;Binary', 'userCertificate;Binary'],
	['jpegPhoto', 'jpegPhoto'],
	['unheardOf', 'unheardOf'],
])('%s is written as %s', (description, sent) => {
	expect(sentAs(openLdap, description)).toBe(sent);
});

describe('what is wrong is said with the name of the attribute, before anything is sent', () => {
	test.each([
		['cn', undefined, 'The value of "cn" is missing: its expression gives nothing'],
		['cn', ['a', undefined], 'Value 2 of "cn" is missing: its expression gives nothing'],
		['cn', ['a', null], 'Value 2 of "cn" is missing: its expression gives nothing'],
		['cn', '', 'The value of "cn" is an empty text'],
		['cn', { a: 1 }, 'The value of "cn" is not a text'],
		['cn', 'a\uD800', 'The value of "cn" is not a text'],
		['uidNumber', 'ten', 'The value of "uidNumber" is not a whole number: "ten"'],
		['uidNumber', 1.5, 'The value of "uidNumber" is not a whole number: 1.5'],
		['uidNumber', 2 ** 53, 'The value of "uidNumber" is not a whole number: 9007199254740992'],
		['hasSubordinates', 'yes', 'The value of "hasSubordinates" is not true or false: "yes"'],
		[
			'createTimestamp',
			'2026-01-31T08:00:00',
			'The value of "createTimestamp" is not a time with its time zone, such as 2026-01-31T08:00:00Z: "2026-01-31T08:00:00"',
		],
		[
			'jpegPhoto',
			'not base64!',
			'The value of "jpegPhoto" is not of bytes: give a file, or base64',
		],
		['jpegPhoto', { base64: '?' }, 'The value of "jpegPhoto" is not valid base64'],
	])('%s: %p', (attribute, values, message) => {
		expect(refusal(attribute, values)).toMatchObject({
			kind: 'invalid',
			phase: 'notSent',
			message,
		});
	});

	test.each([
		['objectGUID', '3f2504e0', 'is not a GUID, such as 3f79048f-42cd-4c77-8426-835cd9f8a3ad'],
		['objectSid', 'S-1-5-99999999999', 'is not a SID, such as S-1-5-32-544'],
		['objectSid', `S-1-5${'-1'.repeat(16)}`, 'is not a SID, such as S-1-5-32-544'],
		['accountExpires', 1704067200000, 'is not a time with its time zone'],
		['accountExpires', '1500-01-01', 'is not a time with its time zone'],
	])('%s: %p', (attribute, value, message) => {
		expect(refusal(attribute, value, activeDirectory).message).toContain(message);
	});

	test('a password is in no message', () => {
		const shown = [
			refusal('userPassword', 'Geheim1!\uD800'),
			refusal('userPassword', { password: 'Geheim1!' }),
			refusal('unicodePwd', { password: 'Geheim1!' }, activeDirectory),
			refusal('jpegPhoto', 'Geheim1!'),
		];
		for (const { message, hint = '' } of shown) expect(message + hint).not.toContain('Geheim');
	});
});

describe('whatever is read can be written again, byte by byte', () => {
	const sameAgain = (schema: Schema, attribute: string, value: Buffer) => {
		const entry = { dn: '', attributes: [{ type: attribute, values: [value] }] };
		const { row } = shapeEntry(entry, schema, { values: 'typed', binary: 'base64' });
		const written: unknown = JSON.parse(JSON.stringify(row[attribute]));
		expect(encodeValues(schema, attribute, written)).toEqual([value]);
	};

	test.each(['cn', 'jpegPhoto', 'userPassword', 'userCertificate', 'member'])('%s', (attribute) => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
				sameAgain(openLdap, attribute, Buffer.from(bytes));
			}),
		);
	});

	test.each(['objectGUID', 'objectSid', 'thumbnailPhoto'])('%s', (attribute) => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.uint8Array({ minLength: 1, maxLength: 30 }),
					fc.uint8Array({ minLength: 16, maxLength: 16 }),
					fc
						.uint8Array({ minLength: 6, maxLength: 66 })
						.filter(({ length }) => (length - 6) % 4 === 0)
						.map((bytes) => Uint8Array.from([1, (bytes.length - 6) / 4, ...bytes])),
				),
				(bytes) => {
					sameAgain(activeDirectory, attribute, Buffer.from(bytes));
				},
			),
		);
	});

	test('integers of any size', () => {
		fc.assert(
			fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n), (number) => {
				sameAgain(openLdap, 'uidNumber', Buffer.from(String(number)));
				sameAgain(activeDirectory, 'uSNCreated', Buffer.from(String(number)));
			}),
		);
	});

	test('times to the millisecond', () => {
		const after1601 = {
			min: new Date('1601-01-02'),
			max: new Date('9999-01-01'),
			noInvalidDate: true,
		};
		fc.assert(
			fc.property(fc.date(after1601), (date) => {
				const [time = Buffer.of()] = encodeValues(activeDirectory, 'accountExpires', date);
				sameAgain(activeDirectory, 'accountExpires', time);
				const [generalized = Buffer.of()] = encodeValues(openLdap, 'createTimestamp', date);
				sameAgain(openLdap, 'createTimestamp', generalized);
			}),
		);
	});
});
