import fc from 'fast-check';
import type { Attribute } from '../../../nodes/Ldap/transport/entry';
import type { LdifRecord } from '../../../nodes/Ldap/transport/ldif';
import { ldifWriter, parseLdif } from '../../../nodes/Ldap/transport/ldif';
import {
	EXAMPLE_1,
	EXAMPLE_2,
	EXAMPLE_3,
	EXAMPLE_4,
	EXAMPLE_5,
	EXAMPLE_6,
	EXAMPLE_7,
} from '../rfc2849';

const formatLdif = ldifWriter();

async function* chunksOf(file: Uint8Array, size = 64 * 1024) {
	for (let at = 0; at < file.length; at += size) {
		await Promise.resolve();
		yield file.subarray(at, at + size);
	}
}

async function read(file: string | Uint8Array, size?: number): Promise<LdifRecord[]> {
	const records: LdifRecord[] = [];
	for await (const record of parseLdif(chunksOf(Buffer.from(file), size))) records.push(record);
	return records;
}

const textOf = (attributes: Attribute[]) =>
	Object.fromEntries(attributes.map(({ type, values }) => [type, values.map(String)]));

/** What is read, with texts for bytes and messages for failures. */
async function shape(file: string | Uint8Array, size?: number) {
	return (await read(file, size)).map((record) => {
		if (record.type === 'invalid') {
			const { line, dn, failure } = record;
			expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent', code: 'INVALID_LDIF' });
			return { line, ...(dn !== undefined && { dn }), failure: failure.message };
		}
		if ('attributes' in record) return { ...record, attributes: textOf(record.attributes) };
		if (record.type !== 'modify') return record;
		return {
			...record,
			changes: record.changes.map(({ operation, type, values }) => [
				operation,
				type,
				...values.map(String),
			]),
		};
	});
}

describe('RFC 2849', () => {
	test('example 1: two entries', async () => {
		expect(await shape(EXAMPLE_1)).toEqual([
			{
				line: 2,
				type: 'entry',
				dn: 'cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com',
				attributes: {
					objectclass: ['top', 'person', 'organizationalPerson'],
					cn: ['Barbara Jensen', 'Barbara J Jensen', 'Babs Jensen'],
					sn: ['Jensen'],
					uid: ['bjensen'],
					telephonenumber: ['+1 408 555 1212'],
					description: ['A big sailing fan.'],
				},
			},
			{
				line: 14,
				type: 'entry',
				dn: 'cn=Bjorn Jensen, ou=Accounting, dc=airius, dc=com',
				attributes: {
					objectclass: ['top', 'person', 'organizationalPerson'],
					cn: ['Bjorn Jensen'],
					sn: ['Jensen'],
					telephonenumber: ['+1 408 555 1212'],
				},
			},
		]);
	});

	test('example 2: a folded value, and no spaces after colons', async () => {
		expect(await shape(EXAMPLE_2)).toMatchObject([
			{
				dn: 'cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com',
				attributes: {
					description: [
						'Babs is a big sailing fan, and travels extensively in search of perfect sailing conditions.',
					],
					title: ['Product Manager, Rod and Reel Division'],
				},
			},
		]);
	});

	test('example 3: base64', async () => {
		expect(await shape(EXAMPLE_3)).toMatchObject([
			{
				attributes: {
					description: [
						'What a careful reader you are!  This value is base-64-encoded because it has a control character in it (a CR).\r  By the way, you should really get out more.',
					],
				},
			},
		]);
	});

	test('example 4: UTF-8, options and comments within a record', async () => {
		expect(await shape(EXAMPLE_4)).toMatchObject([
			{
				dn: 'ou=営業部,o=Airius',
				attributes: {
					objectclass: ['top', 'organizationalUnit'],
					ou: ['営業部'],
					'ou;lang-ja': ['営業部'],
					'ou;lang-ja;phonetic': ['えいぎょうぶ'],
					'ou;lang-en': ['Sales'],
					description: ['Japanese office'],
				},
			},
			{
				dn: 'uid=rogasawara,ou=営業部,o=Airius',
				attributes: {
					userpassword: ['{SHA}O3HSv1MusyL4kTjP+HKI5uxuNoM='],
					'cn;lang-ja': ['小笠原 ロドニー'],
					'title;lang-en': ['Sales, Director'],
				},
			},
		]);
	});

	test('example 5: a value in another file is not read', async () => {
		expect(await shape(EXAMPLE_5)).toEqual([
			{
				line: 2,
				dn: 'cn=Horatio Jensen, ou=Product Testing, dc=airius, dc=com',
				failure: 'Line 11: the value is in another file, which is not read',
			},
		]);
	});

	const CHANGES = [
		{
			type: 'delete',
			line: 15,
			dn: 'cn=Robert Jensen, ou=Marketing, dc=airius, dc=com',
			controls: [],
		},
		{
			type: 'modifyDn',
			line: 19,
			dn: 'cn=Paul Jensen, ou=Product Development, dc=airius, dc=com',
			rename: { newRdn: 'cn=Paula Jensen', deleteOldRdn: true },
			controls: [],
		},
		{
			type: 'modifyDn',
			line: 26,
			dn: 'ou=PD Accountants, ou=Product Development, dc=airius, dc=com',
			rename: {
				newRdn: 'ou=Product Development Accountants',
				deleteOldRdn: false,
				newSuperior: 'ou=Accounting, dc=airius, dc=com',
			},
			controls: [],
		},
		{
			type: 'modify',
			line: 36,
			dn: 'cn=Paula Jensen, ou=Product Development, dc=airius, dc=com',
			changes: [
				['add', 'postaladdress', '123 Anystreet $ Sunnyvale, CA $ 94086'],
				['delete', 'description'],
				['replace', 'telephonenumber', '+1 408 555 1234', '+1 408 555 5678'],
				['delete', 'facsimiletelephonenumber', '+1 408 555 9876'],
			],
			controls: [],
		},
		{
			type: 'modify',
			line: 56,
			dn: 'cn=Ingrid Jensen, ou=Product Support, dc=airius, dc=com',
			changes: [
				['replace', 'postaladdress'],
				['delete', 'description'],
			],
			controls: [],
		},
	];

	test('example 6: changes; the one that cannot be read does not stop the others', async () => {
		const [added, ...others] = await shape(EXAMPLE_6);
		expect(added).toMatchObject({ line: 3, failure: expect.stringMatching(/^Line 12: the value/) });
		expect(others).toEqual(CHANGES);
	});

	test('example 6 with the photo in it', async () => {
		const [added, ...others] = await shape(
			EXAMPLE_6.replace(':< file:///usr/local/directory/photos/fiona.jpg', ':: /9j/'),
		);
		expect(added).toMatchObject({
			type: 'add',
			dn: 'cn=Fiona Jensen, ou=Marketing, dc=airius, dc=com',
			attributes: { uid: ['fiona'], jpegphoto: [expect.any(String)] },
		});
		expect(others).toEqual(CHANGES);
	});

	test('example 7: a control', async () => {
		expect(await shape(EXAMPLE_7)).toEqual([
			{
				line: 6,
				type: 'delete',
				dn: 'ou=Product Development, dc=airius, dc=com',
				controls: [{ oid: '1.2.840.113556.1.4.805', critical: true }],
			},
		]);
	});
});

describe('the form of the file', () => {
	const FILE = Buffer.from(
		[
			'\ufeffversion: 1',
			'',
			'# a comment',
			'  that is folded',
			'#',
			'DN: cn=ž,dc=x',
			'cn: ž',
			'  y ',
			'CN:z',
			'sn:',
			'',
			'',
			'',
			'dn: cn=b,dc=x',
			'cn: b',
		].join('\r\n'),
	);

	test('may come in chunks of any size', async () => {
		const whole = await shape(FILE);
		expect(whole).toEqual([
			{
				line: 6,
				type: 'entry',
				dn: 'cn=ž,dc=x',
				attributes: { cn: ['ž y ', 'z'], sn: [''] },
			},
			{ line: 14, type: 'entry', dn: 'cn=b,dc=x', attributes: { cn: ['b'] } },
		]);
		for (const size of [1, 2, 3, 5, 7, 64]) expect(await shape(FILE, size)).toEqual(whole);
	});

	test('no records', async () => {
		for (const file of ['', '\n\n', '# nothing', 'version: 1', 'version: 1\n\n', '\r\n']) {
			expect(await read(file)).toEqual([]);
		}
	});

	test('UTF-16 is named', async () => {
		const file = Buffer.from('\ufeffdn: cn=a\n', 'utf16le');
		await expect(read(file)).rejects.toMatchObject({
			kind: 'invalid',
			message: 'The file is UTF-16',
		});
	});

	test('controls with and without values', async () => {
		const [record] = await read(
			'dn: dc=x\ncontrol: 1.2.3\ncontrol: 1.2.4 false: text\ncontrol: 1.2.5 TRUE:: AP8=\ncontrol: 1.2.6:\nchangetype: delete\n',
		);
		expect(record).toMatchObject({
			controls: [
				{ oid: '1.2.3', critical: false },
				{ oid: '1.2.4', critical: false, value: Buffer.from('text') },
				{ oid: '1.2.5', critical: true, value: Buffer.from([0, 255]) },
				{ oid: '1.2.6', critical: false, value: Buffer.alloc(0) },
			],
		});
	});

	test('increment, the last "-" left out, and names in any case', async () => {
		expect(
			await shape(
				'dn: dc=x\nchangeType: Modify\nincrement: uidNumber\nUIDNUMBER: 1\n-\nReplace: a;lang-ja\na;lang-JA: b',
			),
		).toMatchObject([
			{
				changes: [
					['increment', 'uidNumber', '1'],
					['replace', 'a;lang-ja', 'b'],
				],
			},
		]);
	});

	test.each<[record: string, failure: RegExp]>([
		['cn: a', /^Line 1: "dn:" must stand here/],
		['dn: nonsense\ncn: a', /^Line 1: The DN is wrong at character 1 /],
		['dn:: /w==\ncn: a', /^Line 1: the DN is not UTF-8/],
		['dn: dc=x\nno colon', /^Line 2: a ":" is missing/],
		['dn: dc=x\ncn:: a', /^Line 2: .* not base64/],
		['dn: dc=x\ncn:: YQ= =', /^Line 2: .* not base64/],
		['dn: dc=x\nc n: a', /^Line 2: the name of an attribute must stand here/],
		['dn: dc=x\ncn: a\ndn: dc=y', /^Line 3: "dn:" cannot stand here/],
		['dn: dc=x\ncn: a\nchangetype: add', /^Line 3: "changetype:" cannot stand here/],
		['dn: dc=x\nchangetype: ad', /^Line 2: this is no changetype/],
		['dn: dc=x\nchangetype: constructor', /^Line 2: this is no changetype/],
		['dn: dc=x\nchangetype: add', /^Line 2: the entry to add has no attributes/],
		['dn: dc=x\nchangetype: delete\ncn: a', /^Line 3: nothing more may follow/],
		['dn: dc=x\nchangetype: modify', /^Line 2: no change follows/],
		['dn: dc=x\nchangetype: modify\ncn: a', /^Line 3: "cn" cannot stand here/],
		['dn: dc=x\nchangetype: modify\nadd: cn\n-', /^Line 3: "add: cn" has no values/],
		[
			'dn: dc=x\nchangetype: modify\nadd: cn\nsn: a\n-',
			/^Line 4: this is a change of "cn", not of "sn"/,
		],
		['dn: dc=x\nchangetype: modify\nadd: c n\nsn: a\n-', /^Line 3: the name of an attribute/],
		['dn: dc=x\nchangetype: modrdn', /^Line 2: "newrdn:" must stand after this line/],
		['dn: dc=x\nchangetype: modrdn\nnewrdn: dc=a,dc=b', /^Line 3: this is not one RDN/],
		['dn: dc=x\nchangetype: modrdn\nnewrdn: a', /^Line 3: The DN is wrong/],
		['dn: dc=x\nchangetype: moddn\nnewrdn: dc=y', /^Line 3: "deleteoldrdn:" must stand after/],
		['dn: dc=x\nchangetype: moddn\nnewrdn: dc=y\ndeleteoldrdn: 2', /^Line 4: this must be 0 or 1/],
		['dn: dc=x\nchangetype: moddn\nnewrdn: dc=y\ndeleteoldrdn: 1\ncn: a', /^Line 5: nothing more/],
		['dn: dc=x\ncontrol: 1.2.3\ncn: a', /^Line 3: "changetype:" must stand here/],
		['dn: dc=x\ncontrol: 1.2.3 maybe\nchangetype: delete', /^Line 2: this is no control/],
		['version: 2\ndn: dc=x\ncn: a', /^Line 1: the version/],
		[' cn: a', /^Line 1: "dn:" must stand here/],
	])('%j is refused, and the next record is read', async (record, failure) => {
		const lines = record.split('\n').length;
		expect(await shape(`${record}\n\ndn: dc=next\ncn: a\n`)).toEqual([
			expect.objectContaining({ failure: expect.stringMatching(failure) }),
			{ line: lines + 2, type: 'entry', dn: 'dc=next', attributes: { cn: ['a'] } },
		]);
	});

	const PASSWORD = 'Pa55 word: of=anna, "x';
	test.each<[record: string, line: number]>([
		[`dn: dc=x\nuserPassword: begins\n${PASSWORD}`, 3],
		[`dn: dc=x\nuserPassword: begins\nPa55 word-of=anna`, 3],
		[`dn: dc=x\nuserPassword:<${PASSWORD}`, 2],
		[`dn: dc=x\nuserPassword::${PASSWORD}`, 2],
		[`dn: dc=x\n userPassword: ${PASSWORD}`, 1],
		[`dn: dc=x\n,${PASSWORD}`, 2],
		[`dn: dc=x\ncontrol: 1.2\n userPassword: ${PASSWORD}\nchangetype: delete`, 2],
		[`dn: dc=x\nchangetype: add\n userPassword: ${PASSWORD}`, 2],
		[`dn: dc=x\nchangetype: modify\nreplace: userPassword\n ${PASSWORD}`, 3],
		[`dn: dc=x\nchangetype: modify\n${PASSWORD}`, 3],
		[`dn: dc=x\nchangetype: modify\nadd: cn\ncn: a\n${PASSWORD}`, 5],
		[`dn: dc=x\nchangetype: delete\nuserPassword: ${PASSWORD}`, 3],
		[`dn: dc=x\nchangetype: modrdn\nnewrdn: dc=y\n ,${PASSWORD}`, 3],
		[`dn: dc=x\nchangetype: modrdn\nnewrdn: dc=y\ndeleteoldrdn: 1\n ${PASSWORD}`, 4],
		[`version: 1\n userPassword: ${PASSWORD}`, 1],
	])('of %j the line is named, and nothing of a password is repeated', async (record, line) => {
		const [first] = await read(record);
		const failure = first?.type === 'invalid' ? first.failure : undefined;
		expect(failure?.message).toMatch(new RegExp(`^Line ${line}: `));
		const said = `${failure?.message} ${failure?.hint} ${String(failure?.cause)}`;
		expect(said).not.toMatch(/Pa55|word:|anna/);
	});

	test('text that is not UTF-8', async () => {
		const latin1 = Buffer.from('dn: dc=x\ncn: \xe4\n', 'latin1');
		expect(await shape(latin1)).toMatchObject([{ failure: 'Line 2: the value is not UTF-8' }]);
	});
});

describe('written', () => {
	test('an entry as ldapsearch -LLL writes it', () => {
		const values = (...texts: string[]) => texts.map((text) => Buffer.from(text));
		const text = formatLdif({
			dn: 'cn=Ž,dc=x',
			attributes: [
				{
					type: 'cn',
					values: values('Ž', 'plain', ' lead', 'trail ', ':colon', '<less', 'a:<b', '', 'a\tb'),
				},
				{ type: 'description', values: values('x'.repeat(65), 'x'.repeat(66), 'x'.repeat(200)) },
				{ type: 'userPassword', values: values('secret') },
				{ type: 'none', values: [] },
			],
		});
		expect(text).toBe(`dn:: Y249xb0sZGM9eA==
cn:: xb0=
cn: plain
cn:: IGxlYWQ=
cn:: dHJhaWwg
cn:: OmNvbG9u
cn:: PGxlc3M=
cn: a:<b
cn:
cn:: YQli
description: ${'x'.repeat(65)}
description: ${'x'.repeat(65)}
 x
description: ${'x'.repeat(65)}
 ${'x'.repeat(77)}
 ${'x'.repeat(58)}
userPassword:: c2VjcmV0

`);
	});

	const attributes = fc.uniqueArray(
		fc.record({
			type: fc.oneof(
				fc.constantFrom('cn', 'userPassword', 'x;binary', 'ou;lang-ja', 'a'.repeat(90)),
				fc.stringMatching(/^[A-Za-z][\w-]{0,9}$/),
			),
			values: fc.array(
				fc.oneof(
					fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
					fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
				),
				{ minLength: 1, maxLength: 3 },
			),
		}),
		{
			selector: ({ type }) => type.toLowerCase(),
			minLength: 1,
		},
	);
	const RESERVED = new Set(['dn', 'changetype', 'control']);

	test('any bytes are the same when read again, in any chunks', async () => {
		await fc.assert(
			fc.asyncProperty(attributes, fc.integer({ min: 1, max: 99 }), async (all, size) => {
				const entry = {
					dn: 'cn=ž \\, x,dc=example',
					attributes: all.filter(({ type }) => !RESERVED.has(type.toLowerCase())),
				};
				const text = formatLdif(entry);
				expect(text).toMatch(/^[\n -~]+\n\n$/);
				expect(
					Math.max(
						...text
							.split('\n')
							.filter((line) => !line.startsWith('a'.repeat(90)))
							.map(({ length }) => length),
					),
				).toBeLessThanOrEqual(78);
				const [first, second] = await read(text + text, size);
				expect(first).toEqual({ line: 1, type: 'entry', ...entry });
				expect(second).toMatchObject({ type: 'entry', ...entry });
			}),
			{ numRuns: 200 },
		);
	});
});

describe('any file', () => {
	test('gives records or says what is wrong', async () => {
		const line = fc.constantFrom(
			...[
				'dn: dc=x',
				'dn:: ZGM9eA==',
				'changetype: modify',
				'changetype: add',
				'changetype: modrdn',
				'add: cn',
				'cn: a',
				'cn:: YQ==',
				'cn:< file:///x',
				'-',
				'',
				' ',
				' folded',
				'# comment',
				'control: 1.2 true',
				'newrdn: cn=a',
				'deleteoldrdn: 1',
				'version: 1',
				':',
				'\r',
				'\xff',
			],
		);
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.oneof(line, fc.string({ unit: 'binary' })), { maxLength: 30 }),
				fc.integer({ min: 1, max: 50 }),
				async (lines, size) => {
					const file = Buffer.from(`\n${lines.join('\n')}`, 'latin1');
					const whole = await shape(file);
					expect(await shape(file, size)).toEqual(whole);
				},
			),
			{ numRuns: 500 },
		);
	});

	test.each<[what: string, text: string]>([
		['one line', `dn: dc=x\ncn: ${'x'.repeat(1e6)}`],
		['folds', `dn: dc=x\ncn: ${'\n x'.repeat(3e5)}`],
		['lines', `dn: dc=x\n${'cn: x\n'.repeat(2e5)}`],
		['empty lines', '\n'.repeat(1e6)],
		['comments', '#\n'.repeat(5e5)],
		['records', 'dn: dc=x\nc: x\n\n'.repeat(6e4)],
		['spaces', ' '.repeat(1e6)],
		['base64', `dn: dc=x\ncn:: ${'A'.repeat(1e6)}!`],
		['colons', `dn${':'.repeat(1e6)}`],
	])('a megabyte of %s is read in time', async (_what, text) => {
		for (const size of [undefined, 256]) {
			const records = await read(text, size);
			expect(records.length).toBeLessThanOrEqual(6e4);
		}
	});

	test('of a record that is too large not all is kept', async () => {
		async function* endless() {
			yield Buffer.from('dn: dc=x\ncn: ');
			for (let at = 0; at < 100; at++) yield Buffer.alloc(1024 * 1024, 'x');
			await Promise.resolve();
			yield Buffer.from('\n\ndn: dc=y\ncn: a\n');
		}
		const records: LdifRecord[] = [];
		for await (const record of parseLdif(endless())) records.push(record);
		const failure = expect.objectContaining({
			message: expect.stringMatching(/larger than 67108864 bytes/),
		});
		expect(records).toMatchObject([
			{ type: 'invalid', dn: 'dc=x', failure },
			{ type: 'entry', dn: 'dc=y' },
		]);
	});
});
