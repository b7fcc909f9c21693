import type { LdapClient } from '../../../nodes/Ldap/transport/client';
import { startLdapSandbox, type LdapSandbox } from '../../../sandbox/ldap/server.ts';
import { act, actOnce } from '../acting';
import { clientOf, signInAs } from '../clientOf';

const HASH = '{SSHA}hash-that-nobody-asked-for';

let sandbox: LdapSandbox;
let ldap: LdapClient;

beforeAll(async () => {
	sandbox = await startLdapSandbox();
	const person = { objectClass: 'inetOrgPerson', cn: 'Anna', sn: 'Meier', userPassword: HASH };
	sandbox.add(`uid=anna,${sandbox.base}`, { ...person, uid: 'anna' });
	ldap = clientOf([{ host: '127.0.0.1', port: sandbox.port }], {
		signIn: signInAs(sandbox.admin.dn, sandbox.admin.password),
	});
});
afterAll(async () => await sandbox.stop());

const filter = { filterBy: 'text', filter: '(uid=anna)', returnAll: true };
const base64 = Buffer.from(HASH).toString('base64');

describe('passwords that the credential may read', () => {
	test.each(['items', 'pages', 'ndjson', 'ldif'])(
		'are not in %s that show everything',
		async (output) => {
			const { rows, files } = await act(ldap, 'entry.search', { ...filter, output });
			const said = JSON.stringify(rows) + [...files.values()].join('');
			expect(said).toContain('Meier');
			expect(said).not.toContain(HASH);
			expect(said).not.toContain(base64);
		},
	);

	test('are not in raw values, nor in an entry that is read', async () => {
		const { rows } = await act(ldap, 'entry.search', { ...filter, options: { raw: true } });
		expect(rows[0]).not.toHaveProperty('userPassword');
		const entry = await actOnce(ldap, 'entry.get', { entry: `uid=anna,${sandbox.base}` });
		expect(entry).not.toHaveProperty('userPassword');
	});

	test('are there where they are asked for by name', async () => {
		const attributes = ['userpassword'];
		const { rows } = await act(ldap, 'entry.search', { ...filter, attributes });
		expect(rows).toEqual([{ dn: `uid=anna,${sandbox.base}`, userPassword: [HASH] }]);
	});
});
