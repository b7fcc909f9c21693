import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Attribute, Change, Client } from 'ldapts';
import { startLdapSandbox } from '../../sandbox/ldap/server.ts';
import type { LdapSandbox } from '../../sandbox/ldap/server.ts';
import type { Execution, WorkflowNode } from '../../sandbox/host/rest.ts';
import { restartHost, secrets, setting } from './setting.ts';
import { end, itemsGivenOut } from './workflow.ts';

const COUNT = Number(process.env.TRIGGER_ENTRIES ?? 200);
const BASE = 'dc=example,dc=org';
const dnOf = (n: number) => `uid=person-${n},ou=people,${BASE}`;

describe('the LDAP trigger in a real n8n', () => {
	let ldap: LdapSandbox;
	let client: Client;
	let credentialId: string;

	before(async () => {
		const admin = { dn: `cn=admin,${BASE}`, password: secrets.ldapPassword };
		ldap = await startLdapSandbox({ base: BASE, admin });
		ldap.add(`ou=people,${BASE}`, { objectClass: 'organizationalUnit', ou: 'people' });
		client = new Client({ url: ldap.url });
		await client.bind(admin.dn, admin.password);
		credentialId = await setting().rest.createCredential('Watched', 'resilientLdapApi', {
			...{ servers: `127.0.0.1:${ldap.tlsPort}`, encryption: 'ldaps', ca: ldap.ca },
			...{ signInWith: 'simple', bindDn: admin.dn, password: admin.password },
		});
	});
	after(async () => {
		await client.unbind();
		await ldap.stop();
	});

	test(`${COUNT} entries made, changed and deleted, n8n stopped once and killed twice: one event each`, async (t) => {
		const began = Date.now();
		const workflow = await setting().rest.createWorkflow({
			name: 'watch a directory',
			nodes: [trigger(), end('End')],
			connections: { Watch: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
		});
		await setting().rest.activate(workflow);
		// n8n answers before the triggers have started, and what is there by then is no event.
		const watched = () =>
			ldap.requests.some(
				({ operation, search }) => operation === 'search' && search?.filter.includes('person'),
			);
		while (!watched()) await wait(100);
		await wait(500);

		const ended = new Map<string, Execution>();
		const seen = async () => {
			const executions = await setting().rest.executionsOf(workflow.id, ended);
			return itemsGivenOut(executions, 'Watch').map(
				({ json }) => `${String(json.event)} ${String(json.dn)}`,
			);
		};
		const until = async (count: number) => {
			const giveUp = Date.now() + 120_000;
			while (new Set(await seen()).size < count && Date.now() < giveUp) await wait(1_000);
		};
		const all = Array.from({ length: COUNT }, (_, n) => n);
		const half = all.slice(0, COUNT / 2);
		const quarter = all.slice(0, COUNT / 4);

		const making = (async () => {
			for (const n of all) {
				const objectClass = 'inetOrgPerson';
				await client.add(dnOf(n), { objectClass, cn: `Person ${n}`, sn: 'Person' });
				await wait(10);
			}
		})();
		await wait(1_000);
		await restartHost('kill');
		await making;
		await until(COUNT);
		const changing = (async () => {
			for (const n of half) {
				const modification = new Attribute({ type: 'title', values: [`Title ${n}`] });
				await client.modify(dnOf(n), new Change({ operation: 'replace', modification }));
				await wait(10);
			}
		})();
		await wait(500);
		await restartHost('stop');
		await changing;
		await until(COUNT * 1.5);
		for (const n of quarter) await client.del(dnOf(n));
		await restartHost('kill');
		await until(COUNT * 1.75);
		await wait(3_000);

		const events = await seen();
		t.diagnostic(
			`${events.length} events in ${ended.size} runs, ${Math.round((Date.now() - began) / 1_000)} s`,
		);
		assert.deepEqual(
			events.sort(),
			[
				...all.map((n) => `created ${dnOf(n)}`),
				...half.map((n) => `updated ${dnOf(n)}`),
				...quarter.map((n) => `deleted ${dnOf(n)}`),
			].sort(),
		);
	});

	const trigger = (): WorkflowNode => ({
		id: 'Watch',
		name: 'Watch',
		type: 'n8n-nodes-resilient.ldapTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {
			filter: '(objectClass=person)',
			events: ['created', 'updated', 'deleted'],
			options: { batchSize: 20 },
		},
		credentials: { resilientLdapApi: { id: credentialId, name: 'Watched' } },
	});
});
