import type { DemoSystem } from '../host/demo.ts';
import { startLdapSandbox, type LdapSandbox } from '../ldap/server.ts';

const GROUPS = ['All Staff', 'Engineering', 'Sales'];

/**
 * A domain of Active Directory with a place for people and three groups. It is busy when Chloé is
 * added, and the connection breaks when it has added David, so that nobody hears that he is there.
 */
export async function startLdapDemo(): Promise<DemoSystem> {
	const sandbox = await startLdapSandbox({ personality: 'activeDirectory' });
	const { base, ca, tlsPort, admin } = sandbox;
	for (const name of ['People', 'Groups']) {
		sandbox.add(`OU=${name},${base}`, { objectClass: 'organizationalUnit' });
	}
	for (const name of GROUPS) {
		sandbox.add(groupDn(name, base), { objectClass: 'group', sAMAccountName: name });
	}
	const adds = (name: string) => ({
		times: 1,
		match: ({ operation, dn }: { operation: string; dn?: string }) =>
			operation === 'add' && dn?.includes(name) === true,
	});
	sandbox.faults.add({ kind: 'result', code: 51, message: 'busy', ...adds('Chlo') });
	sandbox.faults.add({ kind: 'dropAfter', ...adds('David') });
	return {
		values: {
			server: `127.0.0.1:${tlsPort}`,
			ca,
			base,
			bindDn: 'CORP\\Administrator',
			password: admin.password,
		},
		stored: () => ({ ...people(sandbox), ...groups(sandbox) }),
		changes: () => sandbox.changes(),
		story() {
			const writes = sandbox.requests.filter(({ operation }) => /add|modify/.test(operation));
			const open = writes.filter(({ encrypted }) => !encrypted);
			return `The directory at ${sandbox.tlsUrl} got ${writes.length} writes, ${open.length} of them unencrypted. It was busy once and lost the connection once, after it had added David Kim; he is there once.`;
		},
		close: async () => await sandbox.stop(),
	};
}

const groupDn = (name: string, base: string) => `CN=${name},OU=Groups,${base}`;

function people(sandbox: LdapSandbox): Record<string, string> {
	const found = sandbox
		.names()
		.filter((dn) => dn.endsWith(`,OU=People,${sandbox.base}`))
		.map((dn) => sandbox.read(dn));
	return Object.fromEntries(
		found.map((person) => {
			const { sAMAccountName, displayName, userPrincipalName, userAccountControl, pwdLastSet } =
				person ?? {};
			const lines = [
				displayName,
				userPrincipalName,
				userAccountControl?.[0] === '512' ? 'enabled' : 'disabled',
				pwdLastSet?.[0] === '0' ? 'chooses a password at the first sign-in' : 'has a password',
			];
			return [`people/${sAMAccountName}`, lines.join('\n')];
		}),
	);
}

function groups(sandbox: LdapSandbox): Record<string, string> {
	return Object.fromEntries(
		GROUPS.map((name) => {
			const members = sandbox.read(groupDn(name, sandbox.base))?.member ?? [];
			const names = members.map((dn) => /^CN=((?:\\.|[^,])+)/.exec(dn)?.[1] ?? dn);
			return [`groups/${name}`, names.sort().join('\n')];
		}),
	);
}
