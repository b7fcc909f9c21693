import { execFileSync } from 'node:child_process';
import { startLdapFaultProxy } from '../../sandbox/faults/ldapProxy.ts';
import { startSlapd, type Slapd } from '../servers/slapd/start.ts';
import { subjects, type Place, type Subject } from './ldapSubjects';
import { engineOf, playScenarios, type Scenario } from './playScenarios';

interface World {
	slapd: Slapd;
	plain: Place;
	people: string;
	/** a person of this name; @returns its DN */
	person(cn: string, more?: string[]): string;
	/** Values of an attribute, as ldapsearch shows them. */
	valuesOf(dn: string, attribute: string): string[];
}

const ITEMS = 400;
const SECRET = 'Planted-Password-93!';

const scenarios: Array<Scenario<Subject, World>> = [
	{
		title: `${ITEMS} items over STARTTLS, the connection is lost twice: nothing in plain text, nothing as nobody`,
		async play(node, { slapd, plain, people }) {
			const proxy = await startLdapFaultProxy(slapd.port);
			const place: Place = { ...plain, port: proxy.port, encryption: 'startTls' };
			const timers = [60, 120].map((ms) => setTimeout(() => proxy.cut(), ms));
			const items = Array.from({ length: ITEMS }, (_none, n) => ({ n }));
			const filter = '(cn=looked-for)';
			await node.run('search', { base: people, filter }, place, items);
			timers.forEach(clearTimeout);
			const readable = proxy.connections.filter(({ fromClient }) =>
				Buffer.concat(fromClient).includes('looked-for'),
			);
			await proxy.close();
			if (readable.length > 0) return 'it goes on in plain text, signed in as nobody';
			return undefined;
		},
	},
	{
		title: 'a filter with bytes, (sn=Lu\\c4\\8di\\c4\\87), finds Lučić',
		async play(node, { plain, people, person }) {
			person('lucic', ['sn:: THXEjWnEhw==']);
			const filter = '(sn=Lu\\c4\\8di\\c4\\87)';
			const { rows, error } = await node.run('search', { base: people, filter }, plain);
			return error?.message ?? (rows.length === 1 ? undefined : `${rows.length} entries`);
		},
	},
	{
		title: 'a filter by OID, (2.5.4.3=anna), is understood',
		async play(node, { plain, people, person }) {
			person('anna');
			const filter = '(2.5.4.3=anna)';
			const { rows, error } = await node.run('search', { base: people, filter }, plain);
			return error?.message ?? (rows.length === 1 ? undefined : `${rows.length} entries`);
		},
	},
	{
		title: 'a filter over several lines, as people write long ones, is understood',
		async play(node, { plain, people, person }) {
			person('lines');
			const filter = '(&\n  (objectClass=person)\n  (cn=lines)\n)';
			const { rows, error } = await node.run('search', { base: people, filter }, plain);
			return error?.message ?? (rows.length === 1 ? undefined : `${rows.length} entries`);
		},
	},
	{
		title: 'an attribute in two rows has both values',
		async play(node, { plain, people, valuesOf }) {
			const dn = `cn=two-mails,${people}`;
			const { error } = await node.run(
				'create',
				{
					dn,
					attributes: [
						['objectClass', 'inetOrgPerson'],
						['cn', 'two-mails'],
						['sn', 'Mails'],
						['mail', 'a@example.org'],
						['mail', 'b@example.org'],
					],
				},
				plain,
			);
			if (error) return error.message;
			const mails = valuesOf(dn, 'mail');
			return mails.length === 2 ? undefined : `success, with ${mails.join(', ')} only`;
		},
	},
	{
		title: 'a list by an expression is several values',
		async play(node, { plain, person, valuesOf }) {
			const dn = person('list');
			const value = '={{ ["a@example.org", "b@example.org"] }}';
			const input = { dn, change: 'replace' as const, attribute: 'mail', value };
			const { error } = await node.run('update', input, plain);
			const mails = valuesOf(dn, 'mail');
			return error?.message ?? (mails.length === 2 ? undefined : mails.join(', '));
		},
	},
	{
		title: 'a number by an expression is a value',
		async play(node, { plain, person, valuesOf }) {
			const dn = person('number');
			const value = '={{ 4711 }}';
			const input = { dn, change: 'replace' as const, attribute: 'employeeNumber', value };
			const { error } = await node.run('update', input, plain);
			const numbers = valuesOf(dn, 'employeeNumber');
			return error?.message ?? (numbers.join() === '4711' ? undefined : numbers.join());
		},
	},
	{
		title: 'to replace by nothing removes the attribute',
		async play(node, { plain, person, valuesOf }) {
			const dn = person('nothing', ['description: to be removed']);
			const input = { dn, change: 'replace' as const, attribute: 'description', value: '' };
			const { error } = await node.run('update', input, plain);
			const left = valuesOf(dn, 'description');
			if (error) return error.message;
			return left.length === 0 ? undefined : `success, and there is "${left.join('')}"`;
		},
	},
	{
		title: 'a password that was set is not in the output',
		async play(node, { plain, person }) {
			const dn = person('secret');
			const input = { dn, change: 'replace' as const, attribute: 'userPassword', value: SECRET };
			const { rows, error } = await node.run('update', input, plain);
			if (error) return error.message;
			return JSON.stringify(rows).includes(SECRET) ? 'it is, in plain text' : undefined;
		},
	},
	{
		title: 'the shape of an attribute does not depend on how many values it has',
		async play(node, { plain, people, person }) {
			person('one-mail', ['mail: a@example.org']);
			person('both-mails', ['mail: a@example.org', 'mail: b@example.org']);
			const filter = '(|(cn=one-mail)(cn=both-mails))';
			const { rows, error } = await node.run('search', { base: people, filter }, plain);
			if (error) return error.message;
			const kinds = new Set(rows.map(({ mail }) => (Array.isArray(mail) ? 'list' : typeof mail)));
			return kinds.size === 1 ? undefined : `mail is a ${[...kinds].join(' or a ')}`;
		},
	},
	{
		title: 'what the server found before its limit is kept, and marked',
		async play(node, { slapd, plain, people, person }) {
			for (let n = 0; n < 12; n++) person(`limit-${n}`);
			const place = { ...plain, dn: `cn=few,${slapd.base}`, password: 'secret' };
			const filter = '(cn=limit-*)';
			const { rows, error } = await node.run('search', { base: people, filter }, place);
			if (error) return `lost, with the message "${error.message}"`;
			const marked = rows.every((row) => 'truncated' in row);
			return marked ? undefined : `${rows.length} entries, not marked`;
		},
	},
	{
		title: 'a wrong password is called by its name',
		async play(node, { plain, people }) {
			const place = { ...plain, password: 'wrong' };
			const filter = '(objectClass=*)';
			const { error } = await node.run('search', { base: people, filter }, place);
			if (!error) return 'success';
			const said = `${error.message} ${error.description ?? ''}`;
			return /credential|password/i.test(said) ? undefined : `"${error.message}"`;
		},
	},
	{
		title: 'a name that ends with a backslash is given to an entry',
		async play(node, { plain, people, person }) {
			const dn = person('path');
			const input = { dn, newName: 'path\\', newDn: `cn=path\\\\,${people}` };
			const { error } = await node.run('rename', input, plain);
			return error?.message;
		},
	},
];

/** Plays every scenario with our node and with that of n8n, on the same engine and server. */
export async function play(host: string) {
	const nodes = subjects(await engineOf(host));
	return await playScenarios(scenarios, nodes, async (play) => {
		// A server of its own for each: what one leaves behind is nothing to the other.
		const world = await openWorld();
		await play(world);
		await world.slapd.stop();
	});
}

async function openWorld(): Promise<World> {
	const slapd = await startSlapd({
		lines: ['limits dn.exact="cn=few,dc=example,dc=org" size=5'],
		ldif: 'dn: cn=few,dc=example,dc=org\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: few\nuserPassword: secret\n',
	});
	const people = `ou=people,${slapd.base}`;
	const { dn, password } = slapd.admin;
	const signIn = ['-x', '-H', slapd.url, '-D', dn, '-w', password];
	return {
		slapd,
		people,
		plain: { port: slapd.port, encryption: 'none', ca: slapd.ca, dn, password },
		person(cn, more = []) {
			const name = `cn=${cn},${people}`;
			const sn = more.some((line) => line.startsWith('sn:')) ? [] : ['sn: Person'];
			const entry = [`dn: ${name}`, 'objectClass: inetOrgPerson', ...sn, ...more];
			execFileSync('ldapadd', signIn, { input: `${entry.join('\n')}\n`, stdio: 'pipe' });
			return name;
		},
		valuesOf(name, attribute) {
			const search = [...signIn, '-LLL', '-s', 'base', '-b', name, '(objectClass=*)', attribute];
			const found = execFileSync('ldapsearch', search, { encoding: 'utf8' });
			return [...found.matchAll(new RegExp(`^${attribute}:+ ?(.*)$`, 'gm'))].map(
				([, value = '']) => value,
			);
		},
	};
}
