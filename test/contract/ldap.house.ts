import type { IDataObject } from 'n8n-workflow';
import { startLdapSandbox, type RecordedRequest } from '../../sandbox/ldap/server.ts';
import type { Engine } from '../engine/engine';
import type { Example, House } from './house';

const PASSWORD = 'contract/secret+with=signs-58c1';
const USER_PASSWORD = 'Password-of-a-user-72';

/** The LDAP sandbox as OpenLDAP, with people and groups for the examples. */
export async function openLdap(_engine: Engine): Promise<House> {
	const base = 'dc=example,dc=org';
	const admin = { dn: `cn=admin,${base}`, password: PASSWORD };
	const sandbox = await startLdapSandbox({ base, admin });
	const ous = ['people', 'groups', 'elsewhere'];
	for (const ou of ous) {
		sandbox.add(`ou=${ou},${base}`, { objectClass: 'organizationalUnit', ou });
	}
	let made = 0;
	const people = `ou=people,${base}`;

	const times = <T>(count: number, make: (n: number) => T) =>
		Array.from({ length: count }, () => ({ json: make(made++) as IDataObject }));
	const numbers = async (count: number) => times(count, (n) => ({ n }));
	const newNames = async (count: number) => times(count, (n) => ({ name: `person-${n}` }));
	const person = (n: number) => {
		const uid = `person-${n}`;
		const dn = `uid=${uid},${people}`;
		const objectClass = ['inetOrgPerson', 'shadowAccount'];
		const more = { mail: `${uid}@example.org`, userPassword: USER_PASSWORD };
		sandbox.add(dn, { objectClass, uid, cn: uid, sn: 'Person', ...more });
		return { dn, uid, n };
	};
	const persons = async (count: number) => times(count, person);
	const group = (n: number) => {
		const { dn: member } = person(n);
		const dn = `cn=group-${n},ou=groups,${base}`;
		sandbox.add(dn, { objectClass: 'groupOfNames', cn: `group-${n}`, member });
		return { dn, member };
	};
	const groups = async (count: number) => times(count, group);
	const outsiders = async (count: number) =>
		times(count, (n) => ({ ...group(n), member: person(made++).dn }));

	const ofEntry = { entry: '={{ $json.dn }}' };
	const ofGroup = { group: '={{ $json.dn }}' };
	const newPerson = {
		nameBy: 'parent',
		parent: people,
		namingAttribute: 'uid',
		name: '={{ $json.name }}',
		objectClasses: ['inetOrgPerson'],
		attributesJson: '={ "cn": "{{ $json.name }}", "sn": "Person" }',
	};
	const change = { change: 'replace', attribute: 'mail', value: '={{ $json.uid }}@example.net' };
	const condition = { attribute: 'uid', operator: 'equals', value: '={{ $json.uid }}' };
	const user = (operation: string, more: IDataObject = {}): [string, Example] => [
		`user.${operation}`,
		{ parameters: { ...ofEntry, ...more }, items: persons },
	];

	const examples: Record<string, Example> = {
		'directory.extendedOperation': {
			parameters: { oid: '1.3.6.1.4.1.4203.1.11.3', repeatable: true },
			items: numbers,
		},
		'directory.getRootDse': { parameters: {}, items: numbers, about: 'server' },
		'directory.getSchema': { parameters: {}, items: numbers, about: 'server' },
		'directory.modifyPassword': {
			parameters: { user: '={{ $json.dn }}', newPassword: 'Another-Password-31' },
			items: persons,
		},
		'directory.whoAmI': { parameters: {}, items: numbers },
		'entry.compare': {
			parameters: { ...ofEntry, attribute: 'uid', value: '={{ $json.uid }}' },
			items: persons,
		},
		'entry.create': { parameters: newPerson, items: newNames },
		'entry.delete': { parameters: ofEntry, items: persons },
		'entry.exists': { parameters: ofEntry, items: persons },
		'entry.get': { parameters: ofEntry, items: persons },
		'entry.rename': {
			parameters: { ...ofEntry, newName: '={{ $json.uid }}-renamed', newParent: '' },
			items: persons,
		},
		'entry.search': {
			parameters: {
				filterBy: 'conditions',
				conditions: { rows: [condition] },
				scope: 'subtree',
				returnAll: true,
			},
			items: persons,
		},
		'entry.update': {
			parameters: { ...ofEntry, changes: { rows: [change] } },
			items: persons,
		},
		'entry.upsert': { parameters: newPerson, items: newNames },
		'group.addMembers': {
			parameters: { ...ofGroup, members: '={{ $json.member }}' },
			items: outsiders,
		},
		'group.getGroups': { parameters: { member: '={{ $json.member }}' }, items: groups },
		'group.getMembers': { parameters: ofGroup, items: groups },
		'group.isMember': {
			parameters: { ...ofGroup, member: '={{ $json.member }}' },
			items: groups,
		},
		'group.removeMembers': {
			parameters: { ...ofGroup, members: '={{ $json.member }}' },
			items: outsiders,
		},
		'group.setMembers': {
			parameters: { ...ofGroup, members: '={{ [$json.member] }}' },
			items: outsiders,
		},
		...Object.fromEntries([
			user('authenticate', { entry: '={{ $json.uid }}', password: USER_PASSWORD }),
			user('changePassword', { oldPassword: USER_PASSWORD, newPassword: 'Another-Password-31' }),
			user('disable'),
			user('enable'),
			user('expire', { expires: 'at', at: '2030-01-31T00:00:00Z' }),
			user('move', { newParent: `ou=elsewhere,${base}` }),
			user('requirePasswordChange', { required: true }),
			user('setPassword', { password: 'Another-Password-31' }),
			user('unlock'),
		]),
		'ldif.export': {
			parameters: { filterBy: 'conditions', conditions: { rows: [condition] } },
			items: persons,
		},
		'ldif.import': {
			parameters: { inputPropertyName: 'data' },
			items: async (count) =>
				(await newNames(count)).map((item) => {
					const { name } = item.json;
					const record = `dn: uid=${name},${people}\nobjectClass: inetOrgPerson\ncn: ${name}\nsn: P\n`;
					const data = Buffer.from(record).toString('base64');
					return { ...item, binary: { data: { data, mimeType: 'text/ldif' } } };
				}),
		},
		'user.create': {
			parameters: {
				parent: people,
				login: '={{ $json.name }}',
				firstName: 'Some',
				lastName: 'Person',
				password: USER_PASSWORD,
			},
			items: newNames,
		},
	};

	// What every run asks the server about itself is no matter of an item.
	const isAboutItems =
		(about: Example['about'] = 'items') =>
		({ operation, dn, search }: RecordedRequest) => {
			const aboutServer = search?.scope === 'base' && (dn === '' || dn === 'cn=Subschema');
			return operation !== 'bind' && operation !== 'unbind' && aboutServer === (about === 'server');
		};
	let held = () => 0;
	// Neither to take a request back nor to sign in, which a connection does for whoever comes next.
	const NO_REQUESTS = ['abandon', 'bind', 'unbind'];
	const requests = () =>
		sandbox.requests.filter(({ operation }) => !NO_REQUESTS.includes(operation)).length;
	const good = {
		servers: `127.0.0.1:${sandbox.tlsPort}`,
		encryption: 'ldaps',
		ca: sandbox.ca,
		signInWith: 'simple',
		bindDn: admin.dn,
		password: PASSWORD,
		baseDn: '',
	};
	const type = 'resilientLdapApi';
	return {
		credentials: { [type]: good },
		credentialCases: [
			{ what: 'good', type, data: good, says: /cn=admin.*TLS/s },
			{
				what: 'wrong secret',
				type,
				data: { ...good, password: 'not the password' },
				says: /invalidCredentials \(49\)/,
			},
			{
				what: 'unreachable host',
				type,
				data: { ...good, servers: '127.0.0.1:9' },
				says: /ECONNREFUSED.*127\.0\.0\.1:9/,
			},
			{
				what: 'not allowed',
				type,
				data: { ...good, ca: '' },
				says: /certificate/i,
			},
		],
		secrets: [PASSWORD],
		examples,
		refusedWith: 19,
		delayFirst: (ms, about) =>
			void sandbox.faults.add({ kind: 'delay', ms, times: 1, match: isAboutItems(about) }),
		refuse: (message, times, about) =>
			void sandbox.faults.add({
				kind: 'result',
				code: 19,
				message,
				times,
				match: isAboutItems(about),
			}),
		hang: (about) => {
			const hanging = isAboutItems(about);
			const from = sandbox.requests.length;
			held = () => {
				const since = sandbox.requests.slice(from);
				const asked = since.filter(({ operation }) => operation !== 'abandon');
				return asked.filter(hanging).length - (since.length - asked.length);
			};
			sandbox.faults.add({ kind: 'hang', match: hanging });
		},
		heal: () => sandbox.faults.clear(),
		requests,
		held: () => held(),
		close: async () => await sandbox.stop(),
	};
}
