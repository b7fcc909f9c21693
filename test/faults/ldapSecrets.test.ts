import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import type { Registry } from '../../nodes/shared/resilience/registry';
import {
	startLdapSandbox,
	type LdapSandbox,
	type RecordedRequest,
} from '../../sandbox/ldap/server.ts';
import { everythingIn, leaksIn, printedBy } from './leaks';
import { openWatchedEngine, type WatchedEngine } from './watchedEngine';

// Passwords of people are planted in the items. All that leaves the node is searched for them, and so
// is the file of the durable ledger.

const planted = {
	before: 'planted/former+Password-0a5e81c4b7',
	password: 'planted/Password+of=Anna-93d1f6e2c8',
};
const BASE = 'dc=example,dc=org';
const ANNA = `uid=anna,ou=people,${BASE}`;

const folder = mkdtempSync(path.join(os.tmpdir(), 'ldap-secrets-'));
const ledger = path.join(folder, 'ledger.sqlite');
let sandbox: LdapSandbox;
let watched: WatchedEngine;
beforeAll(async () => {
	process.env.N8N_RESILIENT_LEDGER = ledger;
	watched = await openWatchedEngine();
});
beforeEach(async () => {
	const admin = { dn: `cn=admin,${BASE}`, password: 'of/the+administrator=5d20' };
	sandbox = await startLdapSandbox({ base: BASE, admin });
	sandbox.add(`ou=people,${BASE}`, { objectClass: 'organizationalUnit', ou: 'people' });
	sandbox.add(ANNA, {
		...{ objectClass: ['inetOrgPerson', 'shadowAccount'], uid: 'anna', cn: 'Anna', sn: 'A' },
		userPassword: planted.before,
	});
	watched.engine.credentials.resilientLdapApi = {
		...{ servers: `127.0.0.1:${sandbox.tlsPort}`, encryption: 'ldaps', ca: sandbox.ca },
		...{ signInWith: 'simple', bindDn: admin.dn, password: admin.password, baseDn: BASE },
	};
});
afterEach(async () => await sandbox.stop());
afterAll(() => {
	delete process.env.N8N_RESILIENT_LEDGER;
	rmSync(folder, { recursive: true });
});

const person = { objectClass: 'inetOrgPerson', cn: 'Bert', sn: 'B' };
const ofAnna = { entry: ANNA };
const newEntry = {
	...{ nameBy: 'parent', parent: `ou=people,${BASE}`, namingAttribute: 'uid', name: 'bert' },
	objectClasses: ['inetOrgPerson'],
};
const rowsOfBert = {
	rows: [
		{ attribute: 'cn', value: 'Bert' },
		{ attribute: 'sn', value: 'B' },
		{ attribute: 'userPassword', value: '={{ $json.password }}' },
	],
};
const jsonOfBert = { ...person, objectClass: undefined, userPassword: '{{ $json.password }}' };
const record = `dn: uid=bert,ou=people,${BASE}
objectClass: inetOrgPerson
cn: Bert
sn: B
uid: bert
userPassword:: ${Buffer.from(planted.password).toString('base64')}

dn: ${ANNA}
changetype: modify
replace: userPassword
userPassword: ${planted.password}
`;

/** Each with the operation that the password is in. */
const OPERATIONS: Array<[name: string, carries: RecordedRequest['operation'], IDataObject]> = [
	['directory.modifyPassword', 'extended', { user: ANNA, newPassword: '={{ $json.password }}' }],
	[
		'entry.compare',
		'compare',
		{ ...ofAnna, attribute: 'userPassword', value: '={{ $json.password }}' },
	],
	['entry.create', 'add', { ...newEntry, attributes: rowsOfBert }],
	['entry.create', 'add', { ...newEntry, attributesJson: `=${JSON.stringify(jsonOfBert)}` }],
	[
		'entry.update',
		'modify',
		{
			...ofAnna,
			changes: {
				rows: [{ change: 'replace', attribute: 'userPassword', value: '={{ $json.password }}' }],
			},
		},
	],
	[
		'entry.update',
		'modify',
		{
			...ofAnna,
			changesJson: '={ "replace": { "userPassword": "{{ $json.password }}" } }',
		},
	],
	[
		'entry.update',
		'modify',
		{
			...ofAnna,
			changesJson: '={ "add": { "unicodePwd": ["{{ $json.password }}"] } }',
		},
	],
	['entry.upsert', 'add', { ...newEntry, attributes: rowsOfBert }],
	['ldif.import', 'add', { inputPropertyName: 'data' }],
	['ldif.import', 'modify', { inputPropertyName: 'data', ifRecordFails: 'report' }],
	['user.authenticate', 'bind', { ...ofAnna, password: '={{ $json.password }}' }],
	[
		'user.changePassword',
		'extended',
		{
			...ofAnna,
			oldPassword: '={{ $json.before }}',
			newPassword: '={{ $json.password }}',
		},
	],
	[
		'user.create',
		'add',
		{
			...{ parent: `ou=people,${BASE}`, login: 'carl', firstName: 'Carl', lastName: 'C' },
			password: '={{ $json.password }}',
		},
	],
	['user.setPassword', 'extended', { ...ofAnna, password: '={{ $json.password }}' }],
];

const WAYS: Array<[Partial<INode>, object]> = [
	[{ onError: 'stopWorkflow' }, {}],
	[{ onError: 'continueRegularOutput' }, {}],
	[{}, { failedOutput: true }],
];

const metrics = () => {
	const key = Symbol.for('n8n-nodes-resilient.registry.v1');
	return (globalThis as unknown as Record<symbol, Registry>)[key]?.metrics.snapshot();
};

/** Of the main file and the log of SQLite. */
const inLedger = () =>
	readdirSync(folder)
		.map((name) => readFileSync(path.join(folder, name), 'latin1'))
		.join('');

/** The others are no secrets to an operation that does not use them. */
const secretsOf = (name: string): Record<string, string> =>
	name === 'user.changePassword' ? planted : { password: planted.password };

let runs = 0;

async function run(name: string, parameters: IDataObject, node: Partial<INode>, more: object) {
	const [resource, operation] = name.split('.');
	const item: INodeExecutionData = {
		json: name === 'ldif.import' ? {} : { ...secretsOf(name) },
		binary: { data: { data: Buffer.from(record).toString('base64'), mimeType: 'text/ldif' } },
	};
	const resilience = {
		...{ deadline: 1, maxAttempts: 2, onOutage: 'failFast' },
		...{ ledger: 'durable', ledgerKey: `run ${++runs}`, ...more },
	};
	watched.executions.length = 0;
	return await printedBy(
		async () =>
			await watched.engine.run(
				{
					type: 'n8n-nodes-resilient.ldap',
					credentials: { resilientLdapApi: { id: `secrets ${runs}`, name: 'LDAP' } },
					parameters: { resource, operation, ...parameters, resilience },
					...node,
				},
				{ items: [item] },
			),
	);
}

async function expectNoLeak(name: string, parameters: IDataObject, fails: boolean) {
	for (const [node, more] of WAYS) {
		const { value, printed } = await run(name, parameters, node, more);
		const files = value.outputs('E').map((items) => items.map(({ json }) => json));
		const said = everythingIn([files, value.errorOf('E'), watched.executions]);
		const failed =
			value.run.status === 'error' || /"(?:error|phase|reason|failed)"/.test(JSON.stringify(files));
		expect({ name, node, failed }).toEqual({ name, node, failed: fails });
		for (const text of [
			said,
			JSON.stringify(value.errorOf('E') ?? null),
			printed,
			everythingIn(metrics()),
			inLedger(),
		])
			expect({ name, node, leaks: leaksIn(text, secretsOf(name)) }).toEqual({
				name,
				node,
				leaks: [],
			});
	}
}

test.each(OPERATIONS)(
	'%s, whose password is in %s: done, and no password anywhere',
	async (...of) => {
		const [name, , parameters] = of;
		// Active Directory has this attribute, OpenLDAP has not.
		const unknown = JSON.stringify(parameters).includes('unicodePwd');
		const { value } = await run(name, parameters, {}, { failedOutput: true });
		expect(value.outputs('E')[unknown ? 1 : 0]?.length).toBeGreaterThan(0);
		const rows = everythingIn(value.outputs('E').map((items) => items.map(({ json }) => json)));
		expect(leaksIn(rows, planted)).toEqual([]);
		expect(leaksIn(inLedger(), planted)).toEqual([]);
		// What was searched is what it should be.
		expect(inLedger()).toContain('"state":"done"');
	},
);

const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each(
	OPERATIONS.flatMap(([name, carries, parameters]) =>
		[19, 80].map((code) => [name, carries, parameters, code] as const),
	),
)('%s, and a server that repeats what it got in %s: no password anywhere', async (...of) => {
	const [name, carries, parameters, code] = of;
	const said = Object.values(secretsOf(name)).flatMap((secret) => [secret, base64(secret)]);
	sandbox.faults.add({
		...{ kind: 'result', code, message: `refused: ${said.join(', ')}` },
		match: ({ operation, dn }) => operation === carries && dn !== sandbox.admin.dn,
	});
	await expectNoLeak(name, parameters, true);
});

test.each(OPERATIONS)(
	'%s, and a connection that breaks at %s: no password anywhere',
	async (...of) => {
		const [name, carries, parameters] = of;
		sandbox.faults.add({
			kind: 'dropBefore',
			match: ({ operation, dn }) => operation === carries && dn !== sandbox.admin.dn,
		});
		await expectNoLeak(name, parameters, true);
	},
);

test('a password that the server made is given to the workflow, and the ledger does not keep it', async () => {
	const made = async (ledgerKey: string) => {
		const parameters = { user: ANNA, generate: true };
		const { value } = await run('directory.modifyPassword', parameters, {}, { ledgerKey });
		return value.outputs('E')[0]?.[0]?.json.generatedPassword;
	};
	const password = String(await made('made'));
	expect(sandbox.read(ANNA)?.userPassword).toEqual([password]);
	expect(inLedger()).not.toContain(password);
	expect(await made('made')).toBe('[redacted]');
	expect(sandbox.effectsOf(ANNA)).toMatchObject({ modifies: 1 });
});
