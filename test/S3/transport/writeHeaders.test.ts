import { createHash } from 'node:crypto';
import { infoOf } from '../../../nodes/S3/transport/objectInfo';
import { UNKNOWN_SERVER } from '../../../nodes/S3/transport/quirks';
import { readRequest } from '../../../nodes/S3/transport/readHeaders';
import type { WriteOptions } from '../../../nodes/S3/transport/writeHeaders';
import {
	headersOfKey,
	headersToBegin,
	headersToComplete,
	writeHeaders,
} from '../../../nodes/S3/transport/writeHeaders';
import type { Failure } from '../../../nodes/shared/resilience/failure';

const server = { tls: true, quirks: UNKNOWN_SERVER };
const amazon = { tls: true, quirks: { ...UNKNOWN_SERVER, encodedWords: true } };
const clear = { tls: false, quirks: UNKNOWN_SERVER };
const headersOf = (options: WriteOptions, of = server) => writeHeaders(of, options);

function refusal(options: WriteOptions, of = server): Failure {
	try {
		headersOf(options, of);
	} catch (error) {
		return error as Failure;
	}
	throw new Error('It should have been refused');
}

/** As Node gives the headers of an answer: bytes taken for latin1. */
const readBack = (headers: Record<string, string>) => infoOf('b', 'k', headers, 0).metadata;

test('what is not asked for has no header', () => {
	const nothing = { contentType: '', acl: '', ifMatch: '', onlyIfNew: false, tags: {}, grants: [] };
	expect(headersOf({ ...nothing, metadata: {}, expires: '', lock: {} })).toEqual({});
});

test('every field has the header that S3 names', () => {
	const headers = headersOf({
		contentType: 'text/csv',
		cacheControl: 'max-age=60',
		contentDisposition: 'attachment; filename="a.csv"',
		contentEncoding: 'gzip',
		contentLanguage: 'de',
		expires: '2030-01-02T03:04:05.678Z',
		websiteRedirect: '/there',
		metadata: { Who: 'me', 'x-amz-meta-why': 'test', empty: '' },
		tags: { colour: 'red' },
		storageClass: 'STANDARD_IA',
		acl: 'private',
		encryption: { method: 'aws:kms', kmsKeyId: 'k1', kmsContext: { a: 'ü' }, bucketKey: true },
		lock: { mode: 'GOVERNANCE', retainUntil: '2030-01-02T03:04:05.678Z', legalHold: true },
		onlyIfNew: true,
	});
	expect(headers).toEqual({
		'content-type': 'text/csv',
		'cache-control': 'max-age=60',
		'content-disposition': 'attachment; filename="a.csv"',
		'content-encoding': 'gzip',
		'content-language': 'de',
		expires: 'Wed, 02 Jan 2030 03:04:05 GMT',
		'x-amz-website-redirect-location': '/there',
		'x-amz-meta-who': 'me',
		'x-amz-meta-why': 'test',
		'x-amz-meta-empty': '',
		'x-amz-tagging': 'colour=red',
		'x-amz-storage-class': 'STANDARD_IA',
		'x-amz-acl': 'private',
		'x-amz-server-side-encryption': 'aws:kms',
		'x-amz-server-side-encryption-aws-kms-key-id': 'k1',
		'x-amz-server-side-encryption-context': Buffer.from('{"a":"ü"}').toString('base64'),
		'x-amz-server-side-encryption-bucket-key-enabled': 'true',
		'x-amz-object-lock-mode': 'GOVERNANCE',
		'x-amz-object-lock-retain-until-date': '2030-01-02T03:04:05Z',
		'x-amz-object-lock-legal-hold': 'ON',
		'if-none-match': '*',
	});
});

describe('metadata', () => {
	const TEXTS = ['grün', '日本', 'naïve – €', '🦊', 'é', 'plain', '  =?x?= ', 'a=?b', '\u00a0'];

	test.each(TEXTS)('%j comes back', (text) => {
		expect(readBack(headersOf({ metadata: { text } }))).toEqual({ text });
		expect(readBack(headersOf({ metadata: { text } }, amazon))).toEqual({ text });
	});

	test('goes out as the bytes of UTF-8, or as an encoded word where the server wants that', () => {
		expect(headersOf({ metadata: { a: 'ü' } })).toEqual({ 'x-amz-meta-a': 'Ã¼' });
		expect(headersOf({ metadata: { a: 'ü' } }, amazon)).toEqual({
			'x-amz-meta-a': '=?UTF-8?B?w7w=?=',
		});
	});

	test.each([
		['=?UTF-8?B?w7w=?=', 'ü'],
		['=?utf-8?q?gr=C3=BCn_ist?= schön'.replace('ö', 'Ã¶'), 'grün ist schön'],
		['=?UTF-8?B?w7w=?= =?UTF-8?B?w7w=?=', 'üü'],
		['=?ISO-8859-1?Q?=FC?=', 'ü'],
		// The example of Amazon's user guide: UTF-8 taken for latin1, and encoded once more.
		['=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=', 'ÄMÄZÕÑ S3'],
		['=?UTF-8?B?!!?=', ''],
		['=?no-such-charset?B?w7w=?=', '=?no-such-charset?B?w7w=?='],
		['\xfcber', 'über'],
	])('%j is read as %j', (sent, text) => {
		expect(readBack({ 'x-amz-meta-a': sent })).toEqual({ a: text });
	});

	test.each([
		[{ 'a b': 'x' }, /name "a b" is not possible/],
		[{ grün: 'x' }, /name "grün"/],
		[{ '': 'x' }, /name ""/],
		[{ a: '1', A: '2' }, /"A" is there twice/],
		[{ a: 'x\ny' }, /"a" holds U\+000A/],
		[{ a: 'x\ud800' }, /lone surrogate/],
		[{ a: 'x'.repeat(2_048) }, /2049 bytes/],
	])('%j is refused', (metadata, words) => {
		const failure = refusal({ metadata });
		expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(failure.message).toMatch(words);
	});

	test('the limit counts bytes', () => {
		expect(() => headersOf({ metadata: { a: 'x'.repeat(2_047) } })).not.toThrow();
		expect(refusal({ metadata: { a: 'ü'.repeat(1_024) } }).message).toMatch(/2049 bytes/);
	});
});

test('tags are a form, whatever is in them', () => {
	const tags = { 'a&b': 'c=d', 'plus+': '1 + 1', ü: '', '%': '~*' };
	const form = headersOf({ tags })['x-amz-tagging'] ?? '';
	expect(form).not.toMatch(/\+/);
	expect(Object.fromEntries(new URLSearchParams(form))).toEqual(tags);
});

test.each([
	[Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`t${n}`, ''])), /10 tags/],
	[{ '': 'x' }, /no name/],
	[{ ['k'.repeat(129)]: '' }, /longer than 128/],
	[{ k: 'v'.repeat(257) }, /longer than 256/],
])('tags %# are refused', (tags, words) => expect(refusal({ tags }).message).toMatch(words));

describe('content disposition', () => {
	test('a file name beyond ASCII gets the form of RFC 6266, and a readable one', () => {
		const contentDisposition = 'attachment; filename="Rechnung für 日本 \\"1\\".pdf"; x=y';
		expect(headersOf({ contentDisposition })['content-disposition']).toBe(
			`attachment; filename="Rechnung f_r __ _1_.pdf"; filename*=UTF-8''Rechnung%20f%C3%BCr%20%E6%97%A5%E6%9C%AC%20%221%22.pdf; x=y`,
		);
	});

	test('other umlauts are the mistake of the caller', () => {
		expect(refusal({ contentDisposition: 'für' }).message).toMatch(
			/"Content Disposition" holds U\+00FC/,
		);
	});
});

test('grants of one permission share a header', () => {
	const headers = headersOf({
		grants: [
			{ permission: 'READ', granteeType: 'id', grantee: 'abc' },
			{ permission: 'READ', granteeType: 'uri', grantee: 'http://acs/AllUsers' },
			{ permission: 'FULL_CONTROL', granteeType: 'emailAddress', grantee: 'a@b.example' },
		],
	});
	expect(headers).toEqual({
		'x-amz-grant-read': 'id="abc", uri="http://acs/AllUsers"',
		'x-amz-grant-full-control': 'emailAddress="a@b.example"',
	});
	expect(
		refusal({ acl: 'private', grants: [{ permission: 'READ', granteeType: 'id', grantee: 'x' }] })
			.message,
	).toMatch(/not both/);
});

describe('customer key', () => {
	const bytes = Buffer.from('0123456789abcdef0123456789abcdef');
	const encryption = (key: string, withoutTls = false) => ({
		encryption: { method: 'customer' as const, customerKey: { key, withoutTls } },
	});
	const expected = {
		'x-amz-server-side-encryption-customer-algorithm': 'AES256',
		'x-amz-server-side-encryption-customer-key': bytes.toString('base64'),
		'x-amz-server-side-encryption-customer-key-md5': createHash('md5')
			.update(bytes)
			.digest('base64'),
	};

	test.each([bytes.toString(), bytes.toString('base64')])('%j is taken', (key) => {
		expect(headersOf(encryption(key))).toEqual(expected);
	});

	test('goes over TLS only, unless somebody says otherwise', () => {
		expect(refusal(encryption(bytes.toString()), clear).message).toMatch(/in the clear/);
		expect(headersOf(encryption(bytes.toString(), true), clear)).toEqual(expected);
	});

	test('of the wrong length is refused without being shown', () => {
		const failure = refusal(encryption('not-quite-a-key-of-32-bytes'));
		expect(failure.message).toMatch(/32 bytes in base64/);
		expect(JSON.stringify(failure) + failure.message).not.toContain('not-quite');
	});

	test('goes with each part and each look at the object; conditions go with the last request', () => {
		const headers = headersOf({ ...encryption(bytes.toString()), onlyIfNew: true, acl: 'private' });
		expect(headersToBegin(headers)).toEqual({ ...expected, 'x-amz-acl': 'private' });
		expect(headersOfKey(headers)).toEqual(expected);
		expect(headersToComplete(headers)).toEqual({ ...expected, 'if-none-match': '*' });
	});
});

test.each([
	[{ lock: { mode: 'COMPLIANCE' as const } }, /both "Retention Mode" and "Retain Until"/],
	[
		{ lock: { mode: 'COMPLIANCE' as const, retainUntil: 'soon' } },
		/"Retain Until" is no date: "soon"/,
	],
	[{ expires: 'never' }, /"Expires" is no date/],
	[{ contentType: 'text/\u2603' }, /"Content Type" holds U\+2603/],
	[{ encryption: { method: 'customer' as const } }, /"Customer Key" is empty/],
])('%j is refused', (options, words) => expect(refusal(options).message).toMatch(words));

test('conditions of a read: ETags get their quotes, dates their form', () => {
	expect(
		readRequest(server, {
			versionId: 'v1',
			ifMatch: 'abc',
			ifNoneMatch: '"def"',
			ifModifiedSince: '2030-01-02T03:04:05+01:00',
			checksum: true,
			partNumber: 2,
		}),
	).toEqual({
		query: [
			['versionId', 'v1'],
			['partNumber', 2],
		],
		headers: {
			'if-match': '"abc"',
			'if-none-match': '"def"',
			'if-modified-since': 'Wed, 02 Jan 2030 02:04:05 GMT',
			'x-amz-checksum-mode': 'ENABLED',
		},
	});
	expect(readRequest(server, { versionId: '' })).toEqual({
		query: [
			['versionId', undefined],
			['partNumber', undefined],
		],
		headers: {},
	});
});
