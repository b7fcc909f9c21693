// One contender's search of many entries, or its single operations, in a process of its own; prints what
// it cost as one line of JSON. node ldapClient.mjs <contender> '{"port", "base", "dn", "password", ...}'
import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { bundled, openEngine } from './engine.mjs';
import { measured } from './measured.mjs';

const [contender, given] = process.argv.slice(2);
const { port, tlsPort, ca, base, dn, password, filter, attributes, count, file, single } =
	JSON.parse(given);
const require = createRequire(import.meta.url);

async function engineNode({ type, credential, parameters, builtIn }) {
	const engine = await openEngine({ builtIn });
	engine.credentials[credential.name] = credential.data;
	const node = {
		type,
		parameters,
		credentials: { [credential.name]: { id: 'c', name: 'c' } },
	};
	return async (items = [{ json: {} }]) => {
		const { run, outputs, errorOf } = await engine.run(node, { items });
		if (run.status !== 'success') throw errorOf('E') ?? new Error(run.status);
		return outputs('E')[0] ?? [];
	};
}

const ourCredential = {
	name: 'resilientLdapApi',
	data: {
		findServers: 'list',
		servers: `127.0.0.1:${tlsPort}`,
		encryption: 'ldaps',
		ca,
		signInWith: 'simple',
		bindDn: dn,
		password,
	},
};
// Reading many entries costs the same for all without TLS.
const inPlain = {
	...ourCredential,
	data: { ...ourCredential.data, servers: `127.0.0.1:${port}`, encryption: 'none' },
};
const ours = (credential, parameters) =>
	engineNode({ type: 'n8n-nodes-resilient.ldap', credential, parameters, builtIn: false });
const theirs = (connectionSecurity, parameters) =>
	engineNode({
		type: 'n8n-nodes-base.ldap',
		credential: {
			name: 'ldap',
			data: {
				hostname: '127.0.0.1',
				port: String(connectionSecurity === 'none' ? port : tlsPort),
				bindDN: dn,
				bindPassword: password,
				connectionSecurity,
				caCertificate: ca,
				timeout: 300,
			},
		},
		parameters,
		builtIn: true,
	});

const ourSearch = (output) => async () => {
	const run = await ours(inPlain, {
		resource: 'entry',
		operation: 'search',
		base,
		scope: 'subtree',
		filterBy: 'text',
		filter,
		attributes,
		returnAll: true,
		output,
	});
	// What is loaded at the first call, and the schema, are there in a host that runs.
	await run([]);
	return async () => {
		const rows = await run();
		return output === 'items' ? rows.length : rows[0].json.count;
	};
};

const builtInSearch = async () => {
	const run = await theirs('none', {
		operation: 'search',
		baseDN: base,
		searchFor: 'custom',
		customFilter: filter,
		returnAll: true,
		options: { attributes, pageSize: 1000, scope: 'sub' },
	});
	return async () => (await run()).length;
};

const ldapts = async () => {
	const { Client } = require('ldapts');
	const client = new Client({ url: `ldap://127.0.0.1:${port}` });
	await client.bind(dn, password);
	const options = { filter, attributes, paged: { pageSize: 1000 }, timeLimit: 0 };
	return async () => {
		let found = 0;
		const out = createWriteStream(file);
		for await (const { searchEntries } of client.searchPaginated(base, options)) {
			found += searchEntries.length;
			out.write(searchEntries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
		}
		await new Promise((resolve) => out.end(resolve));
		await client.unbind();
		return found;
	};
};

/** Runs of the whole node, one item each, as a workflow that is started for each event. */
const runs = (open) => async () => {
	const run = await open();
	await run();
	return async () => {
		for (let n = 0; n < count; n++) await run();
		return count;
	};
};

const compare = { attribute: 'uid', value: single.uid };

/** Operations of one run: what is there between one answer and the next request. */
const oneByOne = async () => {
	const { openLdapClient } = await bundled('test/bench/ldapOneByOne.ts');
	const client = openLdapClient(ourCredential.data);
	await client.compare(single.dn, 'uid', Buffer.from(single.uid));
	return async () => {
		for (let n = 0; n < count; n++) await client.compare(single.dn, 'uid', Buffer.from(single.uid));
		return count;
	};
};

const ldaptsOneByOne = async () => {
	const { Client } = require('ldapts');
	const client = new Client({ url: `ldaps://127.0.0.1:${tlsPort}`, tlsOptions: { ca } });
	await client.bind(dn, password);
	return async () => {
		for (let n = 0; n < count; n++) await client.compare(single.dn, 'uid', single.uid);
		await client.unbind();
		return count;
	};
};

const contenders = {
	oursNdjson: ourSearch('ndjson'),
	oursLdif: ourSearch('ldif'),
	oursItems: ourSearch('items'),
	builtInItems: builtInSearch,
	ldapts,
	oursRuns: runs(() =>
		ours(ourCredential, {
			resource: 'entry',
			operation: 'compare',
			entry: single.dn,
			...compare,
		}),
	),
	builtInRuns: runs(() =>
		theirs('tls', {
			operation: 'compare',
			dn: single.dn,
			id: 'uid',
			value: single.uid,
		}),
	),
	oursOneByOne: oneByOne,
	ldaptsOneByOne,
};

const work = await contenders[contender]();
const { result, ...cost } = await measured(work);
if (result !== count) throw new Error(`${contender}: ${result} instead of ${count}`);
console.log(JSON.stringify(cost));
process.exit(0);
