import type { IDataObject } from 'n8n-workflow';
import { ANNA, BASE, NodeBench, TEAM, wordsOf } from './nodeBench';

let bench: NodeBench;

beforeAll(async () => {
	bench = await NodeBench.open();
});
afterAll(async () => await bench.stop());

const NOTHING = '={{ $json.nothing }}';
const NULL = '={{ $json.none }}';
const row = (fields: IDataObject) => ({ rows: [fields] });

// What would reach more than was meant, or would leave out what was meant, if nobody asked.
test.each<[what: string, operation: string, parameters: IDataObject, words: RegExp]>([
	['base', 'entry.search', { base: NOTHING }, /"Base DN"/],
	['base of an export', 'ldif.export', { base: NOTHING }, /"Base DN"/],
	['attributes', 'entry.search', { attributes: NOTHING }, /"Attribute Names or IDs"/],
	['attributes (null)', 'entry.get', { entry: ANNA, attributes: NULL }, /"Attribute Names or IDs"/],
	['attributes (number)', 'entry.get', { entry: ANNA, attributes: '={{ 5 }}' }, /must be a list/],
	['entry to delete', 'entry.delete', { entry: NOTHING }, /"Entry" is empty/],
	['object as entry', 'entry.delete', { entry: '={{ $json }}' }, /must be a text/],
	['spaces as entry', 'entry.delete', { entry: '   ' }, /No entry is named/],
	['new name', 'entry.rename', { entry: ANNA, newName: NOTHING, newParent: BASE }, /"New Name"/],
	['members to set', 'group.setMembers', { group: TEAM, members: NOTHING }, /"Members"/],
	['members to set (null)', 'group.setMembers', { group: TEAM, members: NULL }, /"Members"/],
	['members to set ("")', 'group.setMembers', { group: TEAM, members: '={{ "" }}' }, /"Members"/],
	['members to set (lines)', 'group.setMembers', { group: TEAM, members: '\n \n' }, /"Members"/],
	[
		'members to set (empty texts)',
		'group.setMembers',
		{ group: TEAM, members: '={{ ["", " "] }}' },
		/"Members"/,
	],
	[
		'value to remove',
		'entry.update',
		{ entry: ANNA, changes: row({ change: 'delete', attribute: 'telephoneNumber', value: NULL }) },
		/no value to remove/,
	],
	[
		'values to remove',
		'entry.update',
		{
			entry: ANNA,
			changes: row({ change: 'delete', attribute: 'telephoneNumber', value: '={{ [] }}' }),
		},
		/no value to remove/,
	],
	[
		'values to remove, in JSON',
		'entry.update',
		{ entry: ANNA, changesJson: '={{ { delete: { telephoneNumber: [] } } }}' },
		/no value to remove/,
	],
	[
		'attribute to change',
		'entry.update',
		{ entry: ANNA, changes: row({ change: 'replace', attribute: NOTHING, value: 'x' }) },
		/"Changes > Attribute Name or ID"/,
	],
	[
		'kind of change',
		'entry.update',
		{ entry: ANNA, changes: row({ change: NOTHING, attribute: 'telephoneNumber', value: '3' }) },
		/"Changes > Change"/,
	],
	[
		'attribute of a condition',
		'entry.search',
		{ conditions: row({ attribute: NOTHING, operator: 'equals', value: 'x' }) },
		/"Conditions > Attribute Name or ID"/,
	],
	[
		'operator of a condition',
		'entry.search',
		{ conditions: row({ attribute: 'uid', operator: NOTHING, value: 'x' }) },
		/"Conditions > Operator"/,
	],
	[
		'password of a new user',
		'user.create',
		{ parent: `ou=people,${BASE}`, login: 'cleo', lastName: 'C', password: NOTHING },
		/"Password"/,
	],
	[
		'whose password',
		'directory.modifyPassword',
		{ user: NOTHING, newPassword: 'another-secret-1' },
		/"User"/,
	],
	[
		'old password',
		'directory.modifyPassword',
		{ user: ANNA, oldPassword: NULL, newPassword: 'another-secret-1' },
		/"Old Password"/,
	],
	[
		'value of an extended operation',
		'directory.extendedOperation',
		{ oid: '1.3.6.1.1.8', format: 'text', value: NOTHING },
		/"Value"/,
	],
	['time', 'user.expire', { entry: ANNA, expires: 'at', at: '={{ 5 }}' }, /"Time"/],
	['page size', 'entry.search', { options: { pageSize: 10.5 } }, /"Page Size"/],
	['time limit', 'entry.search', { options: { timeLimit: -1 } }, /"Time Limit/],
])(
	'%s: the field is named, and nothing is changed',
	async (_what, operation, parameters, words) => {
		const changes = bench.sandbox.changes();
		const ended = await bench.run(operation, parameters, [{ none: null }]);
		expect(wordsOf(ended)).toMatch(words);
		expect(wordsOf(ended)).not.toMatch(/Cannot read|is not a function|UNEXPECTED/);
		expect(bench.sandbox.changes()).toBe(changes);
	},
);

test('attributes may be a text, and a list that somebody computed', async () => {
	for (const attributes of ['uid, sn', '={{ ["uid", "sn"] }}', '={{ "uid,sn" }}'])
		expect(await bench.rows('entry.get', { entry: ANNA, attributes })).toEqual([
			{ dn: ANNA, uid: ['anna'], sn: ['Person'] },
		]);
});

test('all members and all values are removed by what says so', async () => {
	const all = { group: TEAM, members: '={{ [] }}' };
	expect(wordsOf(await bench.run('group.setMembers', all))).toMatch(/must keep one member/);
	const change = { change: 'deleteAll', attribute: 'telephoneNumber' };
	await bench.rows('entry.update', { entry: ANNA, changes: row(change) });
	expect(bench.sandbox.read(ANNA)).not.toHaveProperty('telephoneNumber');
	await bench.rows('entry.update', {
		entry: ANNA,
		changesJson: '{ "replace": { "telephoneNumber": ["1", "2"] } }',
	});
	const none = { delete: { telephoneNumber: null } };
	await bench.rows('entry.update', { entry: ANNA, changesJson: JSON.stringify(none) });
	expect(bench.sandbox.read(ANNA)).not.toHaveProperty('telephoneNumber');
});

test('children may come in the same run as their parents, before or after them', async () => {
	const made = [`ou=a,${BASE}`, `ou=b,ou=a,${BASE}`, `OU=c, ou=B,ou=a,${BASE}`];
	const create = { nameBy: 'dn', dn: '={{ $json.dn }}', objectClasses: ['organizationalUnit'] };
	const items = made.map((dn) => ({ dn }));
	expect(await bench.rows('entry.create', create, items)).toHaveLength(3);
	const gone = await bench.rows('entry.delete', { entry: '={{ $json.dn }}' }, items.toReversed());
	expect(gone.map(({ deleted }) => deleted)).toEqual([true, true, true]);
});

const SECRETS = ['1234', 12345678, 'contains "quotes" & more'];

test.each(SECRETS)('the password %j is in no record of a failure', async (password) => {
	const item = { login: 'anna', password, again: { list: [password] } };
	for (const [operation, parameters] of [
		['user.setPassword', { entry: `uid=nobody,${BASE}`, password: '={{ $json.password }}' }],
		[
			'entry.compare',
			{
				entry: `uid=nobody,${BASE}`,
				attribute: 'userPassword',
				value: '={{ $json.password }}',
			},
		],
		[
			'entry.create',
			{
				nameBy: 'dn',
				dn: ANNA,
				objectClasses: ['inetOrgPerson'],
				attributesJson: '={{ { sn: "x", cn: "x", userPassword: $json.again.list } }}',
			},
		],
	] as Array<[string, IDataObject]>) {
		const failing = { ...parameters, resilience: { failedOutput: true } };
		const ended = await bench.run(operation, failing, [item]);
		const text = JSON.stringify(ended.outputs('E'));
		expect(text).toContain('[redacted]');
		expect({ operation, leaks: text.includes(JSON.stringify(password).slice(1, -1)) }).toEqual({
			operation,
			leaks: false,
		});
	}
});
