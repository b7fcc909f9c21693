import type { Entry } from '../../../../nodes/Ldap/transport/entry';
import { noSchema } from '../../../../nodes/Ldap/transport/schemaParser';
import { entryShaper, shapeEntry } from '../../../../nodes/Ldap/transport/values/shapeEntry';
import { activeDirectory, openLdap } from '../schemas';

const TYPED = { values: 'typed', binary: 'base64' } as const;

/** Values are texts, or bytes in hexadecimal after "hex:". */
const entryOf = (attributes: Record<string, string[]>): Entry => ({
	dn: 'cn=a',
	attributes: Object.entries(attributes).map(([type, values]) => ({
		type,
		values: values.map((value) =>
			value.startsWith('hex:') ? Buffer.from(value.slice(4), 'hex') : Buffer.from(value),
		),
	})),
});

const rowOf = (
	attributes: Record<string, string[]>,
	schema = openLdap,
	options: Parameters<typeof shapeEntry>[2] = TYPED,
) => shapeEntry(entryOf(attributes), schema, options).row;

const JPEG = 'hex:ffd8ffe000104a464946';
const JPEG_BASE64 = '/9j/4AAQSkZJRg==';

describe('one value or a list: the schema decides, not the number of values', () => {
	test('and the distinguished name comes first', () => {
		const row = rowOf({ cn: ['Ada'], member: ['cn=b', 'cn=c'], displayName: ['Ada L.'] });
		expect(JSON.stringify(row)).toBe(
			'{"dn":"cn=a","cn":["Ada"],"member":["cn=b","cn=c"],"displayName":"Ada L."}',
		);
	});

	test('also where only types were asked for', () => {
		expect(rowOf({ cn: [], displayName: [] })).toEqual({ dn: 'cn=a', cn: [], displayName: null });
	});

	test('two values where the schema allows one are both there', () => {
		expect(rowOf({ displayName: ['a', 'b'] })).toMatchObject({ displayName: ['a', 'b'] });
	});

	test('what the schema does not know is a list', () => {
		expect(rowOf({ displayName: ['a'] }, noSchema)).toMatchObject({ displayName: ['a'] });
		expect(rowOf({ objectGUID: ['hex:e004253f894fd3419a0c0305e82c3301'] }, noSchema)).toMatchObject(
			{ objectGUID: ['3f2504e0-4f89-41d3-9a0c-0305e82c3301'] },
		);
	});
});

test('each entry has its own values, those that the one before had as well', () => {
	const shape = entryShaper(openLdap, TYPED);
	const titles = [['abc'], ['abc', 'abd'], ['abd'], [''], ['abc']];
	const rows = titles.map((title) => shape(entryOf({ title })).row.title);
	expect(rows).toEqual(titles);
	const [first] = rows;
	if (Array.isArray(first)) first.push('more');
	expect(rows[4]).toEqual(['abc']);
});

describe('values by their syntax', () => {
	test.each([
		['hasSubordinates', 'TRUE', true],
		['hasSubordinates', 'FALSE', false],
		['hasSubordinates', 'maybe', 'maybe'],
		['uidNumber', '1000', 1000],
		['uidNumber', '-5', -5],
		['uidNumber', '9007199254740991', 9007199254740991],
		['uidNumber', '9007199254740993', '9007199254740993'],
		['uidNumber', 'ten', 'ten'],
		['createTimestamp', '20261126000056Z', '2026-11-26T00:00:56.000Z'],
		['entryUUID', '597ae2f6-16a6-1027-98f4-d28b5365dc14', '597ae2f6-16a6-1027-98f4-d28b5365dc14'],
		['displayName', 'Łukasz Ærø 日本', 'Łukasz Ærø 日本'],
		// A file that really contains the replacement character is text like any other.
		['displayName', 'a\uFFFDb', 'a\uFFFDb'],
	])('%s: %s', (attribute, value, expected) => {
		expect(rowOf({ [attribute]: [value] })[attribute]).toBe(expected);
	});

	test('bytes that are no UTF-8 stay bytes', () => {
		expect(rowOf({ displayName: ['hex:4cfc62656368'] }).displayName).toEqual({
			base64: 'TPxiZWNo',
		});
		expect(rowOf({ x: ['hex:ff'] }).x).toEqual([{ base64: '/w==' }]);
	});

	test('pictures and certificates are bytes, passwords are text', () => {
		expect(rowOf({ jpegPhoto: [JPEG], userPassword: ['{SSHA}x'] })).toMatchObject({
			jpegPhoto: [{ base64: JPEG_BASE64 }],
			userPassword: ['{SSHA}x'],
		});
	});
});

describe('generalized times (RFC 4517 section 3.3.13)', () => {
	test.each([
		['199412161032Z', '1994-12-16T10:32:00.000Z'],
		['199412160532-0500', '1994-12-16T10:32:00.000Z'],
		['1994121610Z', '1994-12-16T10:00:00.000Z'],
		['1994121610.5Z', '1994-12-16T10:30:00.000Z'],
		['199412161032.25Z', '1994-12-16T10:32:15.000Z'],
		['19941216103205,125Z', '1994-12-16T10:32:05.125Z'],
		['19941216103205.123456Z', '1994-12-16T10:32:05.123Z'],
		['20261126000056.0Z', '2026-11-26T00:00:56.000Z'],
		['20240229000000+02', '2024-02-28T22:00:00.000Z'],
		['00010101000000Z', '0001-01-01T00:00:00.000Z'],
		['20230229000000Z', '20230229000000Z'],
		['20231301000000Z', '20231301000000Z'],
		['20230100000000Z', '20230100000000Z'],
		['20230101240000Z', '20230101240000Z'],
		['20230101006100Z', '20230101006100Z'],
		['20161231235960Z', '2017-01-01T00:00:00.000Z'],
		['20230101', '20230101'],
	])('%s', (value, expected) => {
		expect(rowOf({ createTimestamp: [value] }).createTimestamp).toBe(expected);
	});
});

describe('values of Active Directory', () => {
	const typed = (attribute: string, value: string) =>
		rowOf({ [attribute]: [value] }, activeDirectory)[attribute];

	test.each([
		// Well-known SIDs: https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
		['objectSid', 'hex:01020000000000052000000020020000', 'S-1-5-32-544'],
		['objectSid', 'hex:010100000000000100000000', 'S-1-1-0'],
		['objectSid', 'hex:010100000000000512000000', 'S-1-5-18'],
		['objectSid', 'hex:010100000000001000300000', 'S-1-16-12288'],
		[
			'objectSid',
			'hex:010500000000000515000000a065cf7e784b9b5fe77c8770091c0100',
			'S-1-5-21-2127521184-1604012920-1887927527-72713',
		],
		// An authority beyond 32 bits is written in hexadecimal (MS-DTYP 2.4.2.1).
		['objectSid', 'hex:010112345678abcd01000000', 'S-1-0x12345678abcd-1'],
		['objectGUID', 'hex:e004253f894fd3419a0c0305e82c3301', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
		['accountExpires', '116444736000000000', '1970-01-01T00:00:00.000Z'],
		['pwdLastSet', '133485408000000000', '2024-01-01T00:00:00.000Z'],
		['pwdLastSet', '133485408001239999', '2024-01-01T00:00:00.123Z'],
		['pwdLastSet', '0', null],
		['accountExpires', '0', null],
		['accountExpires', '9223372036854775807', null],
		['maxPwdAge', '-36288000000000', 42 * 24 * 60 * 60],
		['maxPwdAge', '0', 0],
		['maxPwdAge', '-15000000', 1.5],
		['maxPwdAge', '-9223372036854775808', null],
		['uSNCreated', '3853', 3853],
		['uSNCreated', '9007199254740993', '9007199254740993'],
		['whenCreated', '20261126000056.0Z', '2026-11-26T00:00:56.000Z'],
	])('%s %s', (attribute, value, expected) => {
		expect(typed(attribute, value)).toBe(expected);
	});

	test('an identifier that is none stays bytes', () => {
		expect(typed('objectGUID', 'hex:0102')).toEqual({ base64: 'AQI=' });
		expect(typed('objectSid', 'hex:0105')).toEqual({ base64: 'AQU=' });
	});

	test('the security identifiers of a history are a list', () => {
		const sIDHistory = ['hex:010100000000000512000000', 'hex:010100000000000100000000'];
		expect(rowOf({ sIDHistory }, activeDirectory).sIDHistory).toEqual(['S-1-5-18', 'S-1-1-0']);
	});

	test('numbers of flags stay numbers, with the names beside them', () => {
		expect(
			rowOf(
				{
					userAccountControl: ['66050'],
					groupType: ['-2147483646'],
					sAMAccountType: ['805306368'],
				},
				activeDirectory,
			),
		).toEqual({
			dn: 'cn=a',
			userAccountControl: 66050,
			userAccountControlFlags: ['ACCOUNTDISABLE', 'NORMAL_ACCOUNT', 'DONT_EXPIRE_PASSWORD'],
			groupType: -2147483646,
			groupTypeFlags: ['global', 'security'],
			sAMAccountType: 805306368,
			sAMAccountTypeName: 'USER_OBJECT',
		});
		expect(rowOf({ userAccountControl: ['512'] }, noSchema)).toEqual({
			dn: 'cn=a',
			userAccountControl: ['512'],
		});
		expect(rowOf({ groupType: ['8'] }, activeDirectory).groupTypeFlags).toEqual([
			'universal',
			'distribution',
		]);
	});
});

describe('options of attributes', () => {
	test('languages are columns of their own', () => {
		expect(rowOf({ cn: ['a'], 'cn;lang-de': ['b'] })).toEqual({
			dn: 'cn=a',
			cn: ['a'],
			'cn;lang-de': ['b'],
		});
	});

	test('";binary" only says how it was sent', () => {
		const row = rowOf({ 'userCertificate;binary': ['hex:3082'], userCertificate: ['hex:3083'] });
		expect(row).toEqual({ dn: 'cn=a', userCertificate: [{ base64: 'MII=' }, { base64: 'MIM=' }] });
	});

	test.each([
		[{ member: [], 'member;range=0-*': ['cn=b'] }],
		[{ 'member;range=0-*': ['cn=b'], member: [] }],
	])('a range up to the last value is the whole: %j', (attributes) => {
		const shape = entryShaper(activeDirectory, TYPED);
		const whole = { dn: 'cn=a', member: ['cn=b'] };
		expect(shape(entryOf(attributes)).row).toEqual(whole);
		expect(shape(entryOf(attributes)).row).toEqual(whole);
	});

	test('a range that is not the whole keeps its name', () => {
		expect(rowOf({ member: [], 'member;range=0-1499': ['cn=b'] }, activeDirectory)).toEqual({
			dn: 'cn=a',
			'member;range=0-1499': ['cn=b'],
		});
	});
});

describe('raw', () => {
	test('every value as it came, in lists, under its whole description', () => {
		const attributes = {
			hasSubordinates: ['TRUE'],
			uidNumber: ['1000'],
			'userCertificate;binary': ['abc'],
			displayName: ['hex:ff'],
			accountExpires: ['0'],
		};
		expect(rowOf(attributes, openLdap, { values: 'raw', binary: 'base64' })).toEqual({
			dn: 'cn=a',
			hasSubordinates: ['TRUE'],
			uidNumber: ['1000'],
			'userCertificate;binary': [{ base64: 'YWJj' }],
			displayName: [{ base64: '/w==' }],
			accountExpires: ['0'],
		});
	});
});

describe('files', () => {
	const FILES = { values: 'typed', binary: 'files' } as const;

	test('bytes become files, and the row says which', () => {
		const attributes = { cn: ['a'], jpegPhoto: [JPEG, 'hex:89504e470d0a1a0a00'] };
		const { row, files } = shapeEntry(entryOf(attributes), openLdap, FILES);
		expect(row).toEqual({ dn: 'cn=a', cn: ['a'], jpegPhoto: ['jpegPhoto_0', 'jpegPhoto_1'] });
		expect(files.map(({ content, ...file }) => ({ ...file, size: content.length }))).toEqual([
			{ property: 'jpegPhoto_0', fileName: 'jpegPhoto_0.jpg', mimeType: 'image/jpeg', size: 10 },
			{ property: 'jpegPhoto_1', fileName: 'jpegPhoto_1.png', mimeType: 'image/png', size: 9 },
		]);
	});

	test('identifiers have a text, and stay in the row', () => {
		const attributes = {
			objectSid: ['hex:010100000000000512000000'],
			thumbnailPhoto: [JPEG],
		};
		const { row, files } = shapeEntry(entryOf(attributes), activeDirectory, FILES);
		expect(row).toEqual({ dn: 'cn=a', objectSid: 'S-1-5-18', thumbnailPhoto: 'thumbnailPhoto' });
		expect(files).toMatchObject([{ property: 'thumbnailPhoto', fileName: 'thumbnailPhoto.jpg' }]);
	});

	test('two where the schema allows one have different names', () => {
		const attributes = { thumbnailPhoto: [JPEG, JPEG] };
		const { row, files } = shapeEntry(entryOf(attributes), activeDirectory, FILES);
		expect(row.thumbnailPhoto).toEqual(['thumbnailPhoto', 'thumbnailPhoto_1']);
		expect(files.map(({ property }) => property)).toEqual(['thumbnailPhoto', 'thumbnailPhoto_1']);
	});

	test('two descriptions of the same attribute do not overwrite each other', () => {
		const attributes = { 'userCertificate;binary': ['hex:3082'], userCertificate: ['hex:3083'] };
		const { row, files } = shapeEntry(entryOf(attributes), openLdap, FILES);
		expect(row.userCertificate).toEqual(['userCertificate_0', 'userCertificate_1']);
		expect(files.map(({ property, content }) => [property, content.toString('hex')])).toEqual([
			['userCertificate_0', '3082'],
			['userCertificate_1', '3083'],
		]);
	});
});
