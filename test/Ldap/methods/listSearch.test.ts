import { startLdapSandbox, type LdapSandbox, type Values } from '../../../sandbox/ldap/server.ts';
import {
	errorOf,
	namesInList,
	openList,
	optionsOf,
	type Field,
	type ShownList,
} from '../../engine/editor';
import { Engine } from '../../engine/engine';

let engine: Engine;
let sandbox: LdapSandbox;

const BASE = 'dc=example,dc=org';
const ldap = (method: string, filter?: string): Field => ({ node: 'ldap', method, filter });
const names = async (method: string, filter?: string) =>
	await namesInList(engine, ldap(method, filter));

async function allOf(list: ShownList): Promise<unknown[][]> {
	return [list.values, ...(list.more ? await allOf(await list.more()) : [])];
}

const add = (dn: string, objectClass: string, values: Values = {}) => {
	sandbox.add(`${dn},${BASE}`, { objectClass, ...values });
};
const unit = (dn: string) => {
	add(dn, 'organizationalUnit', { ou: /^ou=([^,]+)/.exec(dn)?.[1] ?? '' });
};

beforeAll(async () => {
	engine = await Engine.open();
	sandbox = await startLdapSandbox({ base: BASE });
	for (const dn of ['ou=people', 'ou=Berlin,ou=people', 'ou=groups', 'ou=many']) unit(dn);
	add('uid=ada,ou=people', 'inetOrgPerson', {
		...{ uid: 'ada', cn: 'Ada Lovelace', sn: 'Lovelace', mail: 'ada@example.org' },
		displayName: 'Ada, Countess of Lovelace',
	});
	add('cn=Smith\\, John,ou=Berlin,ou=people', 'person', { cn: 'Smith, John', sn: 'Smith' });
	add('cn=pioneers,ou=groups', 'groupOfNames', {
		cn: 'pioneers',
		member: `uid=ada,ou=people,${BASE}`,
	});
	for (let n = 0; n < 230; n++) {
		const uid = `bot${String(n).padStart(3, '0')}`;
		add(`uid=${uid},ou=many`, 'inetOrgPerson', { uid, cn: `Bot ${n}`, sn: 'Bot' });
	}
});
afterAll(async () => await sandbox.stop());
beforeEach(() => {
	sandbox.faults.clear();
	engine.credentials.resilientLdapApi = {
		servers: '127.0.0.1',
		port: sandbox.port,
		encryption: 'none',
		signInWith: 'simple',
		bindDn: sandbox.admin.dn,
		password: sandbox.admin.password,
	};
});

test('every list that a field offers has its method', () => {
	const { description, methods } = engine
		.nodeTypes()
		.getByNameAndVersion('n8n-nodes-resilient.ldap');
	const text = JSON.stringify(description.properties);
	const asked = (kind: string) =>
		[
			...new Set([...text.matchAll(new RegExp(`"${kind}":"(\\w+)"`, 'g'))].map(([, one]) => one)),
		].sort();
	expect(asked('searchListMethod')).toEqual(Object.keys(methods?.listSearch ?? {}).sort());
	expect(asked('loadOptionsMethod')).toEqual(Object.keys(methods?.loadOptions ?? {}).sort());
});

describe('places', () => {
	test('are the tree, each with the way to it', async () => {
		expect(await names('searchContainers')).toEqual([
			'example.org',
			'example.org / groups',
			'example.org / many',
			'example.org / people',
			'example.org / people / Berlin',
		]);
		expect((await openList(engine, ldap('searchContainers'))).values.slice(3)).toEqual([
			`ou=people,${BASE}`,
			`ou=Berlin,ou=people,${BASE}`,
		]);
	});

	test('are found by a part of the name, or of a DN', async () => {
		const berlin = ['example.org / people / Berlin'];
		expect(await names('searchContainers', 'erli')).toEqual(berlin);
		expect(await names('searchContainers', 'ou=Berl')).toEqual(berlin);
	});

	test('a DN opens, whatever is in it, in pages', async () => {
		expect(await names('searchContainers', `ou=Berlin, ou=people, ${BASE}`)).toEqual([
			'example.org / people / Berlin',
			'example.org / people / Berlin / Smith, John',
		]);
		const pages = await allOf(await openList(engine, ldap('searchContainers', `ou=many,${BASE}`)));
		expect(pages.map((page) => page.length)).toEqual([100, 100, 31]);
		expect(new Set(pages.flat()).size).toBe(231);
	});

	test('of a big tree the first level is shown, and the rest is found', async () => {
		const big = await startLdapSandbox({ base: 'o=big' });
		try {
			const level = (name: string, parent: string) => {
				big.add(`ou=${name},${parent}`, { objectClass: 'organizationalUnit', ou: name });
			};
			level('top', 'o=big');
			for (let n = 0; n < 1_100; n++) level(`deep${n}`, 'ou=top,o=big');
			Object.assign(engine.credentials.resilientLdapApi ?? {}, {
				...{ port: big.port, bindDn: big.admin.dn, password: big.admin.password },
			});
			expect(await names('searchContainers')).toEqual(['big', 'big / top']);
			expect(await names('searchContainers', 'deep1099')).toEqual(['big / top / deep1099']);
		} finally {
			await big.stop();
		}
	});

	test('begin at the base DN of the credential', async () => {
		Object.assign(engine.credentials.resilientLdapApi ?? {}, { baseDn: `ou=people,${BASE}` });
		expect(await names('searchContainers')).toEqual([
			'example.org / people',
			'example.org',
			'example.org / people / Berlin',
		]);
	});
});

describe('entries', () => {
	test('are found by name, account or address, and shown with their place', async () => {
		const ada = ['Ada, Countess of Lovelace (ada) in example.org / people'];
		for (const filter of ['lovelace', 'ADA', 'ada@ex', `uid=ada,ou=people,${BASE}`])
			expect(await names('searchUsers', filter)).toEqual(ada);
		expect(await names('searchEntries', 'smith,')).toEqual([
			'Smith, John in example.org / people / Berlin',
		]);
		expect(await names('searchGroups')).toEqual(['pioneers in example.org / groups']);
		expect(await names('searchGroups', 'ada')).toEqual([]);
	});

	test('come in pages, each of them once', async () => {
		const pages = await allOf(await openList(engine, ldap('searchUsers', 'bot')));
		expect(pages.map((page) => page.length)).toEqual([100, 100, 30]);
		expect(new Set(pages.flat()).size).toBe(230);
	});

	test('what is typed is a name and no filter', async () => {
		for (const filter of ['*', ')(uid=*', 'a*a', '\\'])
			expect(await names('searchUsers', filter)).toEqual([]);
	});
});

describe('choices from the schema', () => {
	const values = async (method: string, parameters?: object) =>
		(await optionsOf(engine, { ...ldap(method), parameters })).map(({ value }) => value);

	test('all attributes, by name', async () => {
		const all = await values('getAttributes');
		expect(all).toEqual(expect.arrayContaining(['cn', 'mail', 'member', 'createTimestamp']));
		expect(all).toEqual(
			all.toSorted((a, b) => String(a).localeCompare(String(b), 'en', { sensitivity: 'base' })),
		);
	});

	test('of the classes that were chosen: first what they require', async () => {
		const parameters = { objectClasses: ['inetOrgPerson'] };
		const options = await optionsOf(engine, { ...ldap('getAttributes'), parameters });
		expect(options.slice(0, 2).map(({ name, value }) => [name, value])).toEqual([
			['cn (required)', 'cn'],
			['sn (required)', 'sn'],
		]);
		const all = options.map(({ value }) => value);
		expect(all).toContain('mail');
		expect(all).not.toContain('member');
		expect(all).not.toContain('createTimestamp');
		expect(new Set(all).size).toBe(all.length);
		// An expression is not known before the run.
		expect(await values('getAttributes', { objectClasses: '={{ $json.classes }}' })).toContain(
			'member',
		);
	});

	test('the classes that entries can be made of, with what they require', async () => {
		const classes = await optionsOf(engine, ldap('getObjectClasses'));
		expect(classes.find(({ value }) => value === 'inetOrgPerson')?.description).toMatch(
			/Requires (sn, cn|cn, sn)\.$/,
		);
		expect(classes.map(({ value }) => value)).not.toContain('top');
	});
});

describe('where there is no list', () => {
	const failure = async () => await errorOf(names('searchUsers'));

	test('a wrong password is said, and shown nowhere', async () => {
		const wrong = 'not the password of this user';
		Object.assign(engine.credentials.resilientLdapApi ?? {}, { password: wrong });
		const error = await failure();
		expect(error.message).toBe('The list of users is not available');
		expect(error.description).toMatch(/^invalidCredentials \(49\).*choose "By DN" and type it in/);
		expect(JSON.stringify(error) + String(error.stack)).not.toContain(wrong);
	});

	test('choices say that an expression can be written instead', async () => {
		sandbox.faults.add({ kind: 'result', code: 53, message: 'not today' });
		const error = await errorOf(optionsOf(engine, ldap('getAttributes')));
		expect(error.description).toMatch(/not today.*write the names in an expression/);
	});

	test('a server that is not there: says so at once', async () => {
		Object.assign(engine.credentials.resilientLdapApi ?? {}, { port: 9 });
		const startedAt = performance.now();
		expect((await failure()).description).toMatch(/ECONNREFUSED/);
		expect(performance.now() - startedAt).toBeLessThan(3_000);
	});

	test('a server that does not answer is given up while somebody still waits', async () => {
		sandbox.faults.add({ kind: 'hang' });
		const startedAt = performance.now();
		expect((await failure()).description).toMatch(/deadline of 10 s/);
		expect(performance.now() - startedAt).toBeLessThan(12_000);
	});
});
