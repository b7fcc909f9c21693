import { dnPath, isDn } from '../../../nodes/Ldap/methods/dnPath';

test.each([
	['uid=ada,ou=people,dc=example,dc=org', ['example.org', 'people', 'ada']],
	['CN=Smith\\, John,OU=Berlin,O=Acme', ['Acme', 'Berlin', 'Smith, John']],
	['cn=Łukasz,DC=n8n,DC=test', ['n8n.test', 'Łukasz']],
	['ou=Sales+cn=J. Smith,dc=example', ['example', 'Sales + J. Smith']],
	['dc=host,cn=MicrosoftDNS,dc=example,dc=org', ['example.org', 'MicrosoftDNS', 'host']],
	['no DN at all', ['no DN at all']],
	['', []],
])('%s', (dn, path) => {
	expect(dnPath(dn)).toEqual(path);
});

test('a name is no DN, half a DN is one', () => {
	expect(['ada', 'a, b', ''].filter(isDn)).toEqual([]);
	expect(['ou=peo', 'ou=people,dc=x'].filter(isDn)).toHaveLength(2);
});
