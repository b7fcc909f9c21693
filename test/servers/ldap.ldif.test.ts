import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { Attribute, Entry } from '../../nodes/Ldap/transport/entry';
import { present } from '../../nodes/Ldap/transport/filter';
import type { LdifRecord } from '../../nodes/Ldap/transport/ldif';
import { ldifWriter, parseLdif } from '../../nodes/Ldap/transport/ldif';
import { act } from '../Ldap/acting';
import { clientOf, failureOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import type { Slapd } from './slapd/start.ts';
import { startSlapd } from './slapd/start.ts';

jest.setTimeout(60_000);

const formatLdif = ldifWriter();
const bytes = (value: string | Buffer) => Buffer.from(value);
const attribute = (type: string, ...values: Array<string | Buffer>): Attribute => ({
	type,
	values: values.map(bytes),
});
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, n) => n));

/** Values that are written in each of the ways there are. */
const oddEntry = (dn: string, cert: string): Entry => ({
	dn,
	attributes: [
		attribute('objectClass', 'inetOrgPerson'),
		attribute('cn', 'Ana Čapková', 'Ana "C", x; y+z'),
		attribute('cn;lang-ja', '小笠原 ロドニー'),
		attribute('sn', 'Č'),
		attribute(
			'description',
			...[
				'plain',
				' leading',
				'trailing ',
				':colon',
				'<less',
				'a: b',
				'x\ty',
				'new\nline',
				'#',
				'-',
			],
			...[63, 64, 65, 66, 67, 142, 143, 144, 1000].map((length) => 'x'.repeat(length)),
			...[47, 48, 49, 50, 51, 300].map((length) => 'ž'.repeat(length)),
		),
		attribute('userPassword', 'secret'),
		attribute('jpegPhoto', everyByte, Buffer.alloc(10_000, everyByte)),
		attribute('userCertificate;binary', new X509Certificate(cert).raw),
	],
});

needs(
	'slapd',
	'ldapsearch',
	'ldapadd',
	'ldapmodify',
)('LDIF with slapd', () => {
	let slapd: Slapd;
	let ldap: LdapClient;

	beforeAll(async () => {
		slapd = await startSlapd();
		ldap = clientOf([{ host: '127.0.0.1', port: slapd.port }], {
			signIn: signInAs(slapd.admin.dn, slapd.admin.password),
			// Nobody listens on this machine.
			encrypted: true,
		});
		await area('odd');
		await ldap.add(odd().dn, odd().attributes);
	});
	afterAll(async () => await slapd.stop());

	const odd = () =>
		oddEntry(`cn=Ana \\"C\\"\\, x\\; y\\+z,ou=odd,${slapd.base}`, slapd.client.cert);
	const area = async (ou: string) => {
		await ldap.add(`ou=${ou},${slapd.base}`, [
			attribute('objectClass', 'organizationalUnit'),
			attribute('ou', ou),
		]);
	};

	/** What a program of OpenLDAP writes; rejects with what it complains about. */
	async function tool(program: string, args: string[], input = ''): Promise<string> {
		const { url, admin } = slapd;
		const all = ['-x', '-H', url, '-D', admin.dn, '-w', admin.password, ...args];
		return await new Promise((resolve, reject) => {
			const child = execFile(program, all, { maxBuffer: 1e9 }, (error, stdout, stderr) => {
				if (error) reject(new Error(`${stdout}${stderr}`));
				else resolve(stdout);
			});
			child.stdin?.end(input);
		});
	}
	const dump = async (ou: string, ...attributes: string[]) =>
		await tool('ldapsearch', ['-LLL', '-b', `ou=${ou},${slapd.base}`, ...attributes]);

	async function ours(ou: string, ...attributes: string[]): Promise<string> {
		const base = `ou=${ou},${slapd.base}`;
		const filter = present('objectClass');
		let text = '';
		for await (const page of ldap.search({ base, scope: 'subtree', filter, attributes }))
			text += page.map(formatLdif).join('');
		return text;
	}

	async function read(file: string): Promise<LdifRecord[]> {
		async function* chunks() {
			await Promise.resolve();
			yield Buffer.from(file);
		}
		const records: LdifRecord[] = [];
		for await (const record of parseLdif(chunks())) records.push(record);
		return records;
	}

	test.each([[[]], [['*', '+']], [['description', 'cn']], [['1.1']]])(
		'entries are written byte for byte as ldapsearch -LLL writes them: attributes %j',
		async (attributes) => {
			const text = await ours('odd', ...attributes);
			expect(text).toBe(await dump('odd', ...attributes));
			expect(text.length).toBeGreaterThan(50);
		},
	);

	test.each([false, true])(
		'an export is what ldapsearch -LL writes; operational attributes: %s',
		async (operational) => {
			const base = `ou=odd,${slapd.base}`;
			const conditions = {
				rows: [{ attribute: 'cn', operator: 'contains', value: '"C", x; y+z' }],
			};
			const input = { base, filterBy: 'conditions', conditions, options: { operational } };
			const { rows, files } = await act(ldap, 'ldif.export', input);
			expect(rows).toEqual([{ count: 1, fileName: 'entries.ldif' }]);
			const filter = '(cn=*"C", x; y+z*)';
			const all = operational ? ['*', '+'] : [];
			const theirs = await tool('ldapsearch', ['-LL', '-b', base, filter, ...all]);
			expect(files.get('entries.ldif')?.toString()).toBe(theirs);
		},
	);

	test('an export of many pages can be imported again', async () => {
		await area('many');
		const base = `ou=many,${slapd.base}`;
		const device = (n: number) => `dn: cn=d${n},${base}\nobjectClass: device\ncn: d${n}\n\n`;
		const file = Array.from({ length: 120 }, (_, n) => device(n)).join('');
		await act(ldap, 'ldif.import', {}, file);
		const { rows, files } = await act(ldap, 'ldif.export', { base, options: { pageSize: 50 } });
		expect(rows).toEqual([{ count: 121, fileName: 'entries.ldif' }]);
		const theirs = await dump('many');
		expect(files.get('entries.ldif')?.toString()).toBe(`version: 1\n\n${theirs}`);
		await tool('ldapdelete', ['-r', base]);
		const again = await act(ldap, 'ldif.import', { output: 'ndjson' }, files.get('entries.ldif'));
		expect(again.rows).toEqual([{ dryRun: false, count: 121, fileName: 'import.ndjson' }]);
		expect(await dump('many')).toBe(theirs);
	});

	test('what ldapsearch writes is read with the same bytes', async () => {
		const records = await read(await dump('odd'));
		expect(records).toHaveLength(2);
		const [, { attributes }] = records as unknown as [unknown, Entry];
		const written = new Map(attributes.map(({ type, values }) => [type, values]));
		for (const { type, values } of odd().attributes) {
			expect([type, written.get(type)?.map(String)]).toEqual([type, values.map(String)]);
			expect(written.get(type)).toEqual(values);
		}
	});

	test('ldapadd takes what we write, and import takes what ldapsearch writes', async () => {
		const text = await ours('odd');
		for (const copy of ['added', 'imported']) {
			const moved = (await read(text)).map((record) => {
				if (record.type !== 'entry') throw new Error(record.type);
				const { attributes, dn } = record;
				return formatLdif({
					dn: dn.replace('ou=odd', `ou=${copy}`),
					attributes: attributes.map((each) => (each.type === 'ou' ? attribute('ou', copy) : each)),
				});
			});
			if (copy === 'added') await tool('ldapadd', [], moved.join(''));
			else await act(ldap, 'ldif.import', { dryRun: false, ifRecordFails: 'stop' }, moved.join(''));
		}
		const as = (text: string) =>
			text.replaceAll('ou=imported', 'ou=added').replace('ou: imported', 'ou: added');
		// The DNs are base64: they are compared when read.
		const entries = async (ou: string) =>
			(await read(await dump(ou))).map((record) => ({
				...record,
				line: 0,
				dn: as(record.dn ?? ''),
			}));
		expect((await entries('imported')).slice(1)).toEqual((await entries('added')).slice(1));
		expect(await entries('added')).toHaveLength(2);
	});

	/** Changes of all kinds, below a place of its own. */
	const changes = (ou: string) => `version: 1

dn: cn=a,ou=${ou},${slapd.base}
changetype: add
objectClass: person
cn: a
sn:: xb0=
description: one
description: two

dn: cn=b,ou=${ou},${slapd.base}
objectClass: person
cn: b
sn: folded
  surname

# comments
#  may stand anywhere
dn: cn=a,ou=${ou},${slapd.base}
changetype: modify
add: description
description: three
-
delete: description
description: one
-
replace: sn
sn: new
-
replace: telephoneNumber
-

dn: cn=b,ou=${ou},${slapd.base}
changetype: modrdn
newrdn: cn=c
deleteoldrdn: 1

dn: cn=c,ou=${ou},${slapd.base}
changetype: moddn
newrdn: cn=d
deleteoldrdn: 0
newsuperior: cn=a,ou=${ou},${slapd.base}

dn: cn=gone,ou=${ou},${slapd.base}
changetype: add
objectClass: device
cn: gone

dn: cn=gone,ou=${ou},${slapd.base}
control: 1.3.6.1.1.13.1 false:: MAA=
changetype: delete
`;

	test('changes have the same effect as with ldapmodify', async () => {
		await area('theirs');
		await area('ours');
		await tool('ldapmodify', ['-a'], changes('theirs').replace(/control.*\n/, ''));
		const { rows } = await act(
			ldap,
			'ldif.import',
			{ dryRun: false, ifRecordFails: 'stop' },
			changes('ours'),
		);
		const lines = changes('ours').split('\n');
		const begins = lines.flatMap((line, index) => (line.startsWith('dn:') ? [index + 1] : []));
		expect(rows.map(({ line }) => line)).toEqual(begins);
		expect(rows.map(({ changeType }) => changeType)).toEqual([
			...['add', 'add', 'modify', 'modrdn', 'modrdn', 'add', 'delete'],
		]);
		expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['done']));
		const theirs = await dump('theirs');
		expect(await dump('ours')).toBe(theirs.replaceAll('theirs', 'ours'));
		expect(theirs).toContain('dn: cn=d,cn=a,ou=theirs');
	});

	describe('records that fail', () => {
		const file = (ou: string) => `dn: cn=1,ou=${ou},${slapd.base}
objectClass: device
cn: 1

dn: cn=2,ou=${ou},${slapd.base}
objectClass: person
cn: 2

dn: nonsense
objectClass: device

dn: cn=3,ou=${ou},${slapd.base}
objectClass: device
cn: 3
`;
		const names = async (ou: string) =>
			[...(await dump(ou, '1.1')).matchAll(/^dn: cn=(\d)/gm)].map(([, name]) => name);

		test('stop', async () => {
			await area('stop');
			const failure = await failureOf(
				act(ldap, 'ldif.import', { dryRun: false, ifRecordFails: 'stop' }, file('stop')),
			);
			expect(failure).toMatchObject({
				code: 'objectClassViolation (65)',
				message: expect.stringMatching(
					/^Line 5: .*'sn'.* Add of "cn=2,ou=stop,dc=example,dc=org"\. \(1 record before it is done, none after it\)$/,
				),
				hint: expect.stringContaining('skipped'),
			});
			expect(await names('stop')).toEqual(['1']);
		});

		test('go on, then fail', async () => {
			await area('fail');
			const failure = await failureOf(
				act(ldap, 'ldif.import', { dryRun: false, ifRecordFails: 'fail' }, file('fail')),
			);
			expect(failure.code).toBe('PARTIAL_FAILURE');
			expect(failure.message).toMatch(
				/^2 of 4 records failed: Line 5: .*; Line 9: The DN is wrong/,
			);
			expect(await names('fail')).toEqual(['1', '3']);
		});

		test('go on, then report', async () => {
			await area('report');
			const { rows } = await act(
				ldap,
				'ldif.import',
				{ dryRun: false, ifRecordFails: 'report' },
				file('report'),
			);
			expect(rows).toMatchObject([
				{ line: 1, dn: 'cn=1,ou=report,dc=example,dc=org', changeType: 'add', status: 'done' },
				{ line: 5, status: 'failed', code: 'objectClassViolation (65)' },
				{ line: 9, dn: null, changeType: null, status: 'failed', code: 'INVALID_LDIF' },
				{ line: 12, status: 'done' },
			]);
			expect(await names('report')).toEqual(['1', '3']);
		});

		test('a dry run changes nothing and finds them all', async () => {
			await area('dry');
			const { rows } = await act(ldap, 'ldif.import', { dryRun: true }, file('dry'));
			expect(rows).toMatchObject([
				{ line: 1, status: 'valid' },
				{ line: 5, status: 'failed', message: expect.stringContaining('"sn" is missing') },
				{ line: 9, status: 'failed', message: expect.stringContaining('DN is wrong') },
				{ line: 12, status: 'valid' },
			]);
			expect(await names('dry')).toEqual([]);
			const wrong = `dn: cn=1,ou=dry,${slapd.base}\nchangetype: modify\nreplace: createTimestamp\ncreateTimestamp: 20260101000000Z\n-\n`;
			const checked = await act(ldap, 'ldif.import', { dryRun: true }, wrong);
			expect(checked.rows).toMatchObject([
				{ message: expect.stringContaining('"createTimestamp" cannot be written') },
			]);
		});

		test('entries that are there already, or not any more', async () => {
			await area('again');
			const base = `ou=again,${slapd.base}`;
			const add = (description: string) =>
				`dn: cn=a,${base}\nobjectClass: device\ncn: a\ndescription: ${description}\n`;
			const gone = `\ndn: cn=z,${base}\nchangetype: delete\n`;
			const run = async (file: string, options: object) =>
				await act(ldap, 'ldif.import', { dryRun: false, ifRecordFails: 'stop', options }, file);
			await run(add('first'), {});
			expect((await failureOf(run(add('second'), {}))).code).toBe('entryAlreadyExists (68)');
			expect((await failureOf(run(gone, {}))).code).toBe('noSuchObject (32)');
			const skipped = await run(add('second') + gone, { ifExists: 'skip', ifMissing: 'skip' });
			expect(skipped.rows).toMatchObject([{ status: 'skipped' }, { status: 'skipped' }]);
			expect(await dump('again')).toContain('description: first');
			const updated = await run(add('second'), { ifExists: 'update' });
			expect(updated.rows).toMatchObject([{ status: 'done' }]);
			expect(await dump('again')).toContain('description: second');
			expect(await dump('again')).not.toContain('first');
		});

		test('a file without records is no success', async () => {
			const failure = await failureOf(
				act(ldap, 'ldif.import', { dryRun: false, ifRecordFails: 'report' }, '# nothing\n'),
			);
			expect(failure).toMatchObject({ kind: 'invalid', message: 'The file has no records' });
		});

		test('where the server is gone, the rest is not tried', async () => {
			const away = clientOf([{ host: '127.0.0.1', port: 1 }], {
				resilience: { maxAttempts: 1, onOutage: 'failFast' },
			});
			const failure = await failureOf(
				act(away, 'ldif.import', { dryRun: false, ifRecordFails: 'report' }, file('stop')),
			);
			expect(failure.message).toMatch(
				/^Line 1: .*\(0 records before it are done, none after it\)$/,
			);
			expect(failure).toMatchObject({ kind: 'network', phase: 'notSent' });
		});
	});
});
