import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { promisify } from 'node:util';
import { BerReader } from '../../nodes/Ldap/transport/ber';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import { encodeFilter } from '../../nodes/Ldap/transport/filterBer';
import { formatFilter, parseFilter } from '../../nodes/Ldap/transport/filterText';
import { act } from '../Ldap/acting';
import { clientOf, signInAs } from '../Ldap/clientOf';
import { needs } from '../needs';
import type { Slapd } from './slapd/start.ts';
import { startSlapd } from './slapd/start.ts';

const execute = promisify(execFile);
jest.setTimeout(60_000);

const FILTERS = [
	'(objectClass=*)',
	'(&(objectClass=person)(|(sn=Č*)(cn=*\\2a*)))',
	'(&)',
	'(|)',
	'(!(|))',
	'(! (cn=a*))',
	'( & (objectClass=person) (!(sn=x)) )',
	'cn=a*',
	'(cn;lang-de=x)',
	'(2.5.4.3=a b)',
	'(sn=\\c4\\8c)',
	'(sn=Č)',
	'(cn=\\28\\29\\5c\\2a)',
	'(description= leading)',
	'(uidNumber>=10)',
	'(uidNumber<=10)',
	'(uidNumber:1.2.840.113556.1.4.803:=3)',
	'(uidNumber:1.2.840.113556.1.4.804:=3)',
	'(cn~=ab)',
	'(cn:caseExactMatch:=A B)',
	'(ou:dn:=filters)',
	'(:dn:caseIgnoreMatch:=filters)',
	'(jpegPhoto=\\00\\ff)',
	'(cn=*a*b*)',
	'(cn=a\\20b)',
];

needs('slapd', 'ldapsearch')('filters as ldapsearch has them', () => {
	let slapd: Slapd;
	let ldap: LdapClient;

	beforeAll(async () => {
		const person = (rdn: string, ...lines: string[]) =>
			`dn: ${rdn},ou=filters,dc=example,dc=org\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\ngidNumber: 1\nhomeDirectory: /\n${lines.join('\n')}\n\n`;
		slapd = await startSlapd({
			ldif: [
				'dn: ou=filters,dc=example,dc=org\nobjectClass: organizationalUnit\nou: filters\n\n',
				person('uid=1', 'uid: 1', 'cn: a b', 'sn:: xIw=', 'uidNumber: 3', 'jpegPhoto:: AP8='),
				person('uid=2', 'uid: 2', 'cn: A B', 'sn: x', 'uidNumber: 10', 'cn;lang-de: x'),
				person('uid=3', 'uid: 3', 'cn: ()\\*', 'sn: y', 'uidNumber: 2', 'description: leading'),
			],
		});
		ldap = clientOf([{ host: '127.0.0.1', port: slapd.port }], {
			signIn: signInAs(slapd.admin.dn, slapd.admin.password),
		});
	});
	afterAll(async () => await slapd.stop());

	const theirs = async (url: string, filter: string) => {
		const { admin, base } = slapd;
		const who = ['-x', '-D', admin.dn, '-w', admin.password];
		const { stdout } = await execute('ldapsearch', [
			'-H',
			url,
			'-LLL',
			...who,
			'-b',
			base,
			filter,
			'1.1',
		]);
		return stdout.match(/^dn.*$/gm) ?? [];
	};

	test.each(FILTERS)('%s finds the same entries', async (filter) => {
		const { rows } = await act(ldap, 'entry.search', {
			...{ filterBy: 'text', filter, returnAll: true, base: slapd.base },
		});
		const found = rows.map(({ dn }) => `dn: ${String(dn)}`);
		expect(found).toEqual(await theirs(slapd.url, filter));
	});

	test('and all are sent with the same bytes', async () => {
		const sent: Buffer[] = [];
		const server = net.createServer((socket) => {
			socket.on('error', () => {});
			socket.once('data', () => {
				// bindResponse of message 1: success
				socket.write(Buffer.from('300c02010161070a010004000400', 'hex'));
				socket.once('data', (search: Buffer) => {
					sent.push(search);
					socket.destroy();
				});
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		try {
			for (const filter of FILTERS) {
				await theirs(`ldap://127.0.0.1:${port}`, filter).catch(() => {});
				const parsed = parseFilter(filter);
				const search = sent.pop();
				if (!search) throw new Error(`ldapsearch does not send ${filter}`);
				for (const ours of [parsed, parseFilter(formatFilter(parsed))]) {
					expect([filter, encodeFilter(ours).toString('hex')]).toEqual([filter, filterIn(search)]);
				}
			}
		} finally {
			server.close();
		}
	});
});

/** RFC 4511 section 4.5.1: message ID, then base, scope, aliases, two limits, types, filter, attributes. */
function filterIn(message: Buffer): string {
	const reader = new BerReader(message);
	reader.enter(0x30);
	reader.integer();
	reader.enter(0x63);
	reader.octets();
	reader.integer(0x0a);
	reader.integer(0x0a);
	reader.integer();
	reader.integer();
	reader.octets(0x01);
	const tag = reader.peek();
	const content = reader.octets(tag);
	const start = content.byteOffset - message.byteOffset;
	// Its head: the tag and a length of one byte.
	return message.subarray(start - 2, start + content.length).toString('hex');
}
