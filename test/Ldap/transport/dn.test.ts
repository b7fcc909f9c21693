import {
	checkDn,
	dnKey,
	formatDn,
	isBelow,
	joinDn,
	parentOf,
	parseDn,
	rdnOf,
	sameDn,
} from '../../../nodes/Ldap/transport/dn';
import { invalid } from '../failures';

const shape = (text: string) =>
	parseDn(text).map((rdn) =>
		rdn.map(
			({ type, value, ber }) =>
				`${type}=${ber ? `BER ${value.toString('hex')}` : value.toString()}`,
		),
	);

// https://www.rfc-editor.org/rfc/rfc4514 section 4, all of its examples
test.each<[text: string, rdns: string[][]]>([
	['UID=jsmith,DC=example,DC=net', [['UID=jsmith'], ['DC=example'], ['DC=net']]],
	[
		'OU=Sales+CN=J.  Smith,DC=example,DC=net',
		[['OU=Sales', 'CN=J.  Smith'], ['DC=example'], ['DC=net']],
	],
	[
		'CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net',
		[['CN=James "Jim" Smith, III'], ['DC=example'], ['DC=net']],
	],
	['CN=Before\\0dAfter,DC=example,DC=net', [['CN=Before\rAfter'], ['DC=example'], ['DC=net']]],
	['1.3.6.1.4.1.1466.0=#04024869', [['1.3.6.1.4.1.1466.0=BER 04024869']]],
	['CN=Lu\\C4\\8Di\\C4\\87', [['CN=Lučić']]],
])('RFC 4514: %s', (text, rdns) => {
	expect(shape(text)).toEqual(rdns);
	expect(formatDn(parseDn(text))).toBe(text === 'CN=Lu\\C4\\8Di\\C4\\87' ? 'CN=Lučić' : text);
});

// RFC 2253 section 4 and 5, RFC 1779
test.each<[text: string, formatted: string]>([
	['CN="L. Eagle",O="Sue, Grabbit and Runn",C=GB', 'CN=L. Eagle,O=Sue\\, Grabbit and Runn,C=GB'],
	[
		'CN=L. Eagle , O="Sue, \\"Grabbit\\"; Runn" ; C = GB ',
		'CN=L. Eagle,O=Sue\\, \\"Grabbit\\"\\; Runn,C=GB',
	],
	['OID.2.5.4.3=a\n,\toid.1.2= b c ', '2.5.4.3=a,1.2=b c'],
	['', ''],
	['  ', ''],
	['cn=', 'cn='],
	['cn=\\ a\\ ', 'cn=\\ a\\ '],
	['cn=\\#a#', 'cn=\\#a#'],
	['cn= \\  ', 'cn=\\ '],
	['cn=a=b\\=c', 'cn=a=b=c'],
	['cn=\\20\\20', 'cn=\\ \\ '],
	['cn=a\\00b\\ff', 'cn=a\\00b\\ff'],
	['cn=a<b>c', 'cn=a\\<b\\>c'],
])('%j is %j', (text, formatted) => {
	expect(formatDn(parseDn(text))).toBe(formatted);
	expect(formatDn(parseDn(formatted))).toBe(formatted);
});

test.each<[text: string, at: number, what: RegExp]>([
	['cn=a,', 6, /"attribute=value" must stand here/],
	['Smith, John,ou=x', 1, /"attribute=value" must stand here/],
	['cn=Smith, John,ou=x', 11, /"attribute=value" must stand here/],
	['cn=a+b,ou=x', 6, /"attribute=value" must stand here/],
	['cn=a\\', 5, /after \\/],
	['cn=DOM\\user', 7, /after \\/],
	['cn=ž"a"', 5, /\\"/],
	['cn="a', 4, /second "/],
	['cn="a"b', 7, /a comma must stand here/],
	['cn=#', 4, /hexadecimal/],
	['cn=#0', 4, /hexadecimal/],
	['cn=#04g', 7, /hexadecimal/],
	['c n=a', 1, /"c n" is not the name/],
	['=a', 1, /"" is not the name/],
	['cn=a\0', 5, /\\00/],
])('%j is refused: character %i', (text, at, what) => {
	const { message } = invalid(() => parseDn(text));
	expect(message).toMatch(new RegExp(`^The DN is wrong at character ${at} \\(`));
	expect(message).toMatch(what);
});

test('an RDN of any value', () => {
	expect(rdnOf('cn', 'Smith, John + "x" #1 ')).toBe('cn=Smith\\, John \\+ \\"x\\" #1\\ ');
	expect(rdnOf('cn', ' lead')).toBe('cn=\\ lead');
	expect(rdnOf('cn', '#1')).toBe('cn=\\#1');
	expect(rdnOf('cn', Buffer.from('00ff41', 'hex'))).toBe('cn=\\00\\ffA');
	expect(invalid(() => rdnOf('cn', '')).message).toMatch(/empty/);
	expect(invalid(() => rdnOf('cn=x,ou', 'a')).message).toMatch(/not the name of an attribute/);
});

test('parents and children', () => {
	expect(parentOf('cn=Smith\\, John, ou=People, dc=x')).toBe('ou=People,dc=x');
	expect(parentOf('dc=x')).toBe('');
	expect(joinDn('cn=a', 'ou=b,dc=x')).toBe('cn=a,ou=b,dc=x');
	expect(joinDn('dc=x', '')).toBe('dc=x');
	expect(invalid(() => joinDn('cn=a', '<GUID=0>')).hint).toMatch(/distinguishedName/);
});

test('the same DN: case, spaces, escapes, quotes, OIDs and the order within an RDN do not count', () => {
	expect(sameDn('CN=Ada  Lovelace,OU=Ä,DC=x', '2.5.4.3= ada lovelace ; ou="ä", dc=X')).toBe(true);
	expect(sameDn('cn=a\\2Cb,dc=x', 'cn=a\\,b,dc=x')).toBe(true);
	expect(sameDn('ou=Sales+cn=J,dc=x', 'cn=J+ou=Sales,dc=x')).toBe(true);
	expect(sameDn('cn=a,dc=x', 'cn=a\\,dc\\=x')).toBe(false);
	expect(sameDn('cn=a,dc=x', 'sn=a,dc=x')).toBe(false);
	expect(sameDn('cn=#0401ff', 'cn=\\04\\01\\ff')).toBe(false);
	expect(new Set(['cn=A', 'CN=a ', '2.5.4.3=a'].map(dnKey)).size).toBe(1);
});

test('below', () => {
	expect(isBelow('cn=a,ou=b,dc=x', 'DC=X')).toBe(true);
	expect(isBelow('cn=a,ou=b,dc=x', 'ou=B, dc=x')).toBe(true);
	expect(isBelow('cn=a', '')).toBe(true);
	expect(isBelow('dc=x', 'dc=x')).toBe(false);
	expect(isBelow('cn=a\\,ou=b,dc=x', 'ou=b,dc=x')).toBe(false);
	expect(isBelow('cn=a,dc=yx', 'dc=x')).toBe(false);
});

test('names of Active Directory that are no DNs pass', () => {
	expect(checkDn('<GUID=2f1f6b5c-0000-0000-0000-000000000000>')).toMatch(/^<GUID/);
	expect(checkDn('<sid=S-1-5-32-544>')).toMatch(/^<sid/);
	expect(sameDn('<GUID=AB>', '<guid=ab>')).toBe(true);
	expect(isBelow('<GUID=ab>', 'dc=x')).toBe(false);
	expect(invalid(() => checkDn('<GUID=ab>,dc=x')).code).toBe('INVALID_DN');
});
