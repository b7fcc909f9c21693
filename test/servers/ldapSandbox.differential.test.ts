import { startLdapSandbox, type LdapSandbox } from '../../sandbox/ldap/server.ts';
import { needs } from '../needs';
import { activeDirectorySteps } from '../sandbox/ldap/activeDirectorySteps.ts';
import type { Step } from '../sandbox/ldap/step.ts';
import { steps } from '../sandbox/ldap/steps.ts';
import { Tools, parse, type Target } from '../sandbox/ldap/tools.ts';
import { startSamba, type Samba } from './samba/start';
import { startSlapd, type Slapd } from './slapd/start';

jest.setTimeout(120_000);

const BASE = 'ou=differential,dc=example,dc=org';

/** What a user of the program sees, whatever the order of entries and values. */
async function outcome(tools: Tools, step: Step, base = BASE) {
	const fill = (text: string) => text.replaceAll('{base}', base);
	const [name, password = ''] = step.bind ?? [];
	const how = !step.bind ? tools.asAdmin() : name ? tools.as(fill(name), password) : ['-x'];
	const print = step.program === 'ldapsearch' ? ['-LLL', '-o', 'ldif-wrap=no'] : [];
	const args = [...print, ...(step.args ?? []).map(fill)];
	const { code, stdout, output } = await tools.call(
		step.program,
		args,
		fill(step.input ?? ''),
		how,
	);
	const entries = parse(stdout).map((entry) =>
		Object.entries(entry)
			.map(([attribute, values]) => `${attribute}: ${[values].flat().sort().join(' | ')}`)
			.sort(),
	);
	const about = /additional info: (.*)/.exec(output)?.[1];
	const matched = /[Mm]atched DN: (.*)/.exec(output)?.[1];
	return { code, about, matched, entries: entries.map(String).sort() };
}

needs('slapd', 'ldapsearch')('the sandbox and slapd', () => {
	let sandbox: LdapSandbox;
	let slapd: Slapd;
	let servers: Tools[];

	beforeAll(async () => {
		slapd = await startSlapd();
		sandbox = await startLdapSandbox({ base: slapd.base });
		servers = [slapd, sandbox].map((target: Target) => new Tools(target));
		for (const rdn of ['', 'ou=people,', 'ou=groups,']) {
			const ldif = `dn: ${rdn}${BASE}\nobjectClass: organizationalUnit\n`;
			for (const tools of servers) await tools.ldif('ldapadd', ldif);
		}
	});

	afterAll(async () => {
		for (const tools of servers) tools.remove();
		await Promise.all([slapd.stop(), sandbox.stop()]);
	});

	test.each(steps.map((step) => [step.about, step]))('%s', async (_about, step) => {
		const [real, ours] = await Promise.all(
			servers.map(async (tools) => await outcome(tools, step)),
		);
		expect(ours).toEqual(real);
	});
});

// The texts of Samba are its own; its codes are those of Windows.
needs('samba', 'ldapsearch')('the sandbox as Active Directory, and Samba', () => {
	let sandbox: LdapSandbox;
	let samba: Samba;
	let servers: Tools[];

	beforeAll(async () => {
		samba = await startSamba();
		sandbox = await startLdapSandbox({ personality: 'activeDirectory', base: samba.base });
		servers = [samba, sandbox].map(
			({ tlsUrl, ca, admin }) => new Tools({ url: tlsUrl, ca, admin }),
		);
	});

	afterAll(async () => {
		for (const tools of servers) tools.remove();
		await Promise.all([samba.stop(), sandbox.stop()]);
	});

	test.each(activeDirectorySteps.map((step) => [step.about, step]))('%s', async (_about, step) => {
		const [real, ours] = await Promise.all(
			servers.map(async (tools) => {
				const { code, entries } = await outcome(tools, step, samba.base);
				return { code, entries };
			}),
		);
		expect(ours).toEqual(real);
	});
});
