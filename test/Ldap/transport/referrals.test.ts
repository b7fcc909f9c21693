import { parseLdapUrl } from '../../../nodes/Ldap/transport/ldapUrl';
import { hostsIn } from '../../../nodes/Ldap/transport/referrals';
import { equal, present } from '../../../nodes/Ldap/transport/filter';

test.each([
	['dc1.example.com', true],
	['DC1.example.com'.toLowerCase(), true],
	['dc2.example.com', false],
	['a.ad.example.com', true],
	['a.b.ad.example.com', true],
	['ad.example.com', false],
	['evilad.example.com', false],
	['', false],
])('the list allows %s: %s', (host, allowed) => {
	expect(hostsIn('DC1.example.com, *.ad.example.com')(host)).toBe(allowed);
});

test('an empty list allows nobody', () => {
	expect(hostsIn(' , ')('dc1.example.com')).toBe(false);
});

describe('LDAP URLs', () => {
	// The examples of RFC 4516 section 4 that name a host, as far as a referral takes them up.
	test.each([
		['ldap://ldap1.example.net', { host: 'ldap1.example.net' }],
		[
			'ldap://ldap1.example.net/o=University%20of%20Michigan,c=US',
			{ host: 'ldap1.example.net', dn: 'o=University of Michigan,c=US' },
		],
		[
			'ldap://ldap1.example.net:6666/o=University%20of%20Michigan,c=US??sub?(cn=Babs%20Jensen)',
			{
				host: 'ldap1.example.net',
				port: 6666,
				dn: 'o=University of Michigan,c=US',
				scope: 'subtree',
				filter: equal('cn', 'Babs Jensen'),
			},
		],
		[
			'LDAP://ldap1.example.com/c=GB?objectClass?ONE',
			{ host: 'ldap1.example.com', dn: 'c=GB', scope: 'one' },
		],
		[
			'ldap://ldap2.example.com/o=Question%3f,c=US?mail',
			{ host: 'ldap2.example.com', dn: 'o=Question?,c=US' },
		],
		['ldap://ldap.example.com/??base?(cn=*)', { scope: 'base', filter: present('cn') }],
		['ldaps://[2001:db8::7]:3269/', { host: '2001:db8::7', port: 3269, secure: true }],
	])('%s', (url, parts) => {
		expect(parseLdapUrl(url)).toMatchObject(parts);
	});

	test.each([
		'ldap:///o=University%20of%20Michigan,c=US',
		'http://ldap.example.com/',
		'ldap://ldap.example.com/%zz',
		'ldap://ldap.example.com/??sub?(cn=',
		'ldap://ldap.example.com/????!bindname=cn=manager',
		'ldap://user@ldap.example.com/',
		'',
	])('%s is not followed', (url) => {
		expect(parseLdapUrl(url)).toBeUndefined();
	});
});
