import { noSchema } from '../../../nodes/Ldap/transport/schemaParser';
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

test('a page is what the server was asked for at once, however its entries arrive', async () => {
	const one = (n: number) => ({ dn: `cn=${n}`, attributes: [] });
	const client = {
		baseDn: async () => await Promise.resolve('dc=x'),
		schema: async () => await Promise.resolve(noSchema),
		search: async function* () {
			for (const size of [1, 1, 4, 1])
				yield await Promise.resolve(Array.from({ length: size }, (_, n) => one(n)));
			return { referrals: [] };
		},
	} as Partial<LdapClient> as LdapClient;
	const counts = async (pageSize: number) =>
		(await act(client, 'entry.search', { output: 'pages', options: { pageSize } })).rows.map(
			({ page, count, entries }) => [page, count, (entries as unknown[]).length],
		);
	expect(await counts(3)).toEqual([
		[1, 3, 3],
		[2, 3, 3],
		[3, 1, 1],
	]);
	expect(await counts(0)).toEqual([[1, 7, 7]]);
});
