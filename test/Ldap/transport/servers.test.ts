import { nameOf, parseServers } from '../../../nodes/Ldap/transport/servers';

const names = (
	list: string,
	...[encryption = 'ldaps', port]: [('ldaps' | 'startTls' | 'none')?, number?]
) => parseServers(list, encryption, port).map(nameOf);

describe('servers as people list them', () => {
	test.each([
		['ldap.example.com', ['ldap.example.com:636']],
		[
			'ldap1.example.com, ldap2.example.com:1636',
			['ldap1.example.com:636', 'ldap2.example.com:1636'],
		],
		['b\n a;c  d,,', ['b:636', 'a:636', 'c:636', 'd:636']],
		['LDAP.Example.COM.', ['ldap.example.com.:636']],
		['ldaps://ldap.example.com', ['ldap.example.com:636']],
		['LDAPS://ldap.example.com:1636/', ['ldap.example.com:1636']],
		['192.0.2.7', ['192.0.2.7:636']],
		['192.0.2.7:1636', ['192.0.2.7:1636']],
		['2001:db8::7', ['[2001:db8::7]:636']],
		['[2001:db8::7]', ['[2001:db8::7]:636']],
		['[2001:db8::7]:1636, ldaps://[::1]/', ['[2001:db8::7]:1636', '[::1]:636']],
		['verzeichnis.bücher.example', ['verzeichnis.xn--bcher-kva.example:636']],
		['dc_1', ['dc_1:636']],
		['ldapi:///run/slapd/ldapi', ['ldapi:///run/slapd/ldapi']],
		['ldapi://%2Frun%2Fslapd%2Fldapi', ['ldapi:///run/slapd/ldapi']],
	])('%s', (list, expected) => {
		expect(names(list)).toEqual(expected);
	});

	test('the port of the credential holds for those without one', () => {
		expect(names('a, b:1, [::1]', 'startTls', 3268)).toEqual(['a:3268', 'b:1', '[::1]:3268']);
		expect(names('a', 'startTls')).toEqual(['a:389']);
		expect(names('a', 'none', 0)).toEqual(['a:389']);
	});

	test.each([
		['', /names no server/],
		[' , ', /names no server/],
		['ldap.example.com:0', /"ldap.example.com:0".* is no server/],
		['ldap.example.com:65536', / is no server/],
		['ldap.example.com:ldaps', / is no server/],
		['a, http://b', /"http:\/\/b"/],
		['ldaps://ldap.example.com/dc=example', / is no server/],
		['user@ldap.example.com', / is no server/],
		['[2001:db8::zz]', / is no server/],
		['[ldap.example.com]', / is no server/],
		['ldap.example.com?x', / is no server/],
		['-a', / is no server/],
		['ldapi://', / names no socket/],
		['ldapi://run/ldapi', / names no socket/],
		['ldapi://%ZZ', / names no socket/],
	])('"%s" is refused before anything is sent', (list, message) => {
		expect(() => names(list)).toThrow(
			expect.objectContaining({
				kind: 'invalid',
				phase: 'notSent',
				message: expect.stringMatching(message),
			}),
		);
	});

	test('a scheme never changes the encryption of the credential', () => {
		expect(() => names('ldap://a', 'ldaps')).toThrow(/does not go with "Encryption"/);
		expect(() => names('ldaps://a', 'startTls')).toThrow(/does not go with "Encryption"/);
		expect(() => names('ldaps://a', 'none')).toThrow(/does not go with "Encryption"/);
		expect(names('ldap://a', 'none')).toEqual(['a:389']);
		expect(names('ldap://a', 'startTls')).toEqual(['a:389']);
	});
});
