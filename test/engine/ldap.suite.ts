import { buffer } from 'node:stream/consumers';
import { startLdapSandbox, type LdapSandbox } from '../../sandbox/ldap/server.ts';
import { Engine } from './engine';

const PASSWORD = 'engine/secret+with=signs';
const PEOPLE = 25;

/** @param from folder with the n8n-core to run on; the newest one where it is left out */
export function ldapSuite(from?: string): void {
	let sandbox: LdapSandbox;
	let engine: Engine;

	beforeAll(async () => {
		const base = 'dc=example,dc=org';
		sandbox = await startLdapSandbox({
			base,
			admin: { dn: `cn=admin,${base}`, password: PASSWORD },
		});
		sandbox.add(`ou=people,${base}`, { objectClass: 'organizationalUnit', ou: 'people' });
		for (let n = 0; n < PEOPLE; n++) {
			const uid = `p${n}`;
			const mail = [`${uid}@example.org`, `${uid}@example.net`];
			const person = { objectClass: 'inetOrgPerson', uid, cn: `P ${n}`, sn: 'Person', mail };
			sandbox.add(`uid=${uid},ou=people,${base}`, person);
		}
		engine = await Engine.open({ from, binary: 'filesystem' });
		engine.credentials.resilientLdapApi = {
			servers: `127.0.0.1:${sandbox.tlsPort}`,
			encryption: 'ldaps',
			ca: sandbox.ca,
			signInWith: 'simple',
			bindDn: sandbox.admin.dn,
			password: PASSWORD,
		};
	});
	afterAll(async () => await sandbox.stop());
	afterEach(() => sandbox.faults.clear());

	const ldap = (operation: string, parameters: object, more: object = {}) => ({
		type: 'n8n-nodes-resilient.ldap',
		credentials: { resilientLdapApi: { id: 'engine', name: 'LDAP' } },
		parameters: { resource: 'entry', operation, ...parameters },
		...more,
	});
	const everybody = {
		filterBy: 'conditions',
		conditions: { rows: [{ attribute: 'uid', operator: 'startsWith', value: 'p' }] },
		returnAll: true,
		options: { pageSize: 10 },
	};

	test('a search over several pages gives each entry once, with lists where there may be several', async () => {
		const { outputs, errorOf } = await engine.run(ldap('search', everybody));
		expect(errorOf('E')).toBeUndefined();
		const [rows = []] = outputs('E');
		expect(new Set(rows.map(({ json }) => json.dn)).size).toBe(PEOPLE);
		expect(rows).toHaveLength(PEOPLE);
		const third = rows.find(({ json }) => String(json.dn).startsWith('uid=p3,'));
		expect(third?.json).toMatchObject({
			uid: ['p3'],
			mail: ['p3@example.org', 'p3@example.net'],
		});
		expect(JSON.stringify(rows)).not.toContain('userPassword');
	});

	test.each([
		['ndjson', /^\{"dn":"uid=p/],
		['ldif', /^version: 1\n\ndn: uid=p/],
	])('a search into a file of %s', async (output, beginning) => {
		const { outputs } = await engine.run(ldap('search', { ...everybody, output }));
		const [item] = outputs('E')[0] ?? [];
		expect(item?.json).toMatchObject({ count: PEOPLE });
		const { id = '' } = item?.binary?.data ?? {};
		const text = (await buffer(await engine.files.getAsStream(id))).toString();
		expect(text).toMatch(beginning);
		expect(text.match(/uid=p\d+,ou=people/g)).toHaveLength(PEOPLE);
	});

	test('an entry that is made is there once, though n8n runs the node again for another that fails', async () => {
		const parameters = {
			nameBy: 'parent',
			parent: `ou=people,${sandbox.base}`,
			namingAttribute: 'uid',
			name: '={{ $json.name }}',
			objectClasses: ['inetOrgPerson'],
			attributesJson: '={ "cn": "{{ $json.name }}", "sn": "{{ $json.sn }}" }',
		};
		const items = ['anna', 'bert', 'carl'].map((name) => ({
			json: { name, sn: name === 'bert' ? '' : 'New' },
		}));
		const again = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
		const ended = await engine.run(ldap('create', parameters, again), { items });
		expect(ended.errorOf('E')?.message).toMatch(/"sn"/);
		expect(sandbox.effectsOf(`uid=anna,ou=people,${sandbox.base}`).adds).toBe(1);
		expect(sandbox.effectsOf(`uid=carl,ou=people,${sandbox.base}`).adds).toBe(1);
		expect(sandbox.read(`uid=bert,ou=people,${sandbox.base}`)).toBeUndefined();
	});

	test('who is not found is in the Failed output, in the words of the server', async () => {
		const parameters = { entry: '={{ $json.entry }}', resilience: { failedOutput: true } };
		const items = ['p1', `uid=gone,ou=people,${sandbox.base}`].map((entry) => ({
			json: { entry },
		}));
		const { outputs } = await engine.run(ldap('get', parameters), { items });
		const [done = [], failed = []] = outputs('E');
		expect(done).toHaveLength(1);
		expect(failed[0]?.json.error).toMatchObject({
			code: 'noSuchObject (32)',
			message: expect.stringContaining(`"ou=people,${sandbox.base}"`),
		});
	});
}
