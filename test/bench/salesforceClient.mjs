// One contender's work against an org, in a process of its own; prints what it cost as one line of JSON.
// node salesforceClient.mjs <contender> '{"url", "token", "count", "csv", "folder"}'
import { createReadStream, createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openEngine } from './engine.mjs';
import { measured } from './measured.mjs';

const [contender, given] = process.argv.slice(2);
const { url, token, count, csv, folder } = JSON.parse(given);
const require = createRequire(import.meta.url);

async function engineNode({ builtIn, parameters, items }) {
	const engine = await openEngine({ builtIn });
	const credential = builtIn ? 'salesforceOAuth2Api' : 'resilientSalesforceOAuth2Api';
	engine.credentials[credential] = {
		myDomain: url,
		grantType: 'pkce',
		oauthTokenData: { access_token: token, instance_url: url },
	};
	const node = {
		type: builtIn ? 'n8n-nodes-base.salesforce' : 'n8n-nodes-resilient.salesforce',
		typeVersion: builtIn ? 1.1 : 1,
		parameters: { authentication: 'oAuth2', ...parameters },
		credentials: { [credential]: { id: 'c', name: 'c' } },
	};
	const given = typeof items === 'function' ? await items(engine) : items;
	const run = async (input) => {
		const { run: ended, outputs, errorOf } = await engine.run(node, { items: input });
		if (ended.status !== 'success') throw errorOf('E') ?? new Error(ended.status);
		return outputs('E')[0] ?? [];
	};
	return async () => await run(given);
}

const records = () =>
	Array.from({ length: count }, (_none, n) => ({ Name: `Account ${n}`, Phone: `+49 30 ${n}` }));
const accounts = () =>
	Array.from({ length: count }, (_none, n) => ({
		Name: `Account ${n}`,
		Industry: 'Energy',
		BillingCity: 'Berlin',
		BillingCountry: 'Germany',
		Phone: `+49 30 ${n}`,
		Website: `https://example.org/${n}`,
		AnnualRevenue: n + 0.5,
		Description: 'One of "very" many, with a comma',
	}));
const FIELDS =
	'Id, Name, Industry, BillingCity, BillingCountry, Phone, Website, AnnualRevenue, Description';
const SOQL = `SELECT ${FIELDS} FROM Account`;

const jsforce = () => {
	const { Connection } = require('jsforce');
	return new Connection({ instanceUrl: url, accessToken: token, version: '68.0' });
};

const check = (found) => {
	if (found !== count) throw new Error(`${found} instead of ${count}`);
};

const contenders = {
	oursCreate: async () => {
		const run = await engineNode({
			builtIn: false,
			parameters: {
				...{ resource: 'record', operation: 'create', object: 'Account' },
				fields: { mappingMode: 'autoMapInputData', value: null },
			},
			items: records().map((json) => ({ json })),
		});
		return async () => check((await run()).length);
	},
	builtInCreate: async () => {
		const run = await engineNode({
			builtIn: true,
			parameters: {
				...{ resource: 'account', operation: 'create', name: '={{ $json.Name }}' },
				additionalFields: { phone: '={{ $json.Phone }}' },
			},
			items: records().map((json) => ({ json })),
		});
		return async () => check((await run()).length);
	},
	jsforceCreate: async () => {
		const connection = jsforce();
		const given = records();
		return async () =>
			check((await connection.sobject('Account').create(given, { allowRecursive: true })).length);
	},
	jsforceBulk: async () => {
		const connection = jsforce();
		connection.bulk2.pollInterval = 1_000;
		connection.bulk2.pollTimeout = 600_000;
		const input = records();
		return async () => {
			const given = { object: 'Account', operation: 'insert', input };
			check((await connection.bulk2.loadAndWaitForResults(given)).successfulResults.length);
		};
	},
	oursIngest: async () => {
		const run = await engineNode({
			builtIn: false,
			parameters: {
				...{ resource: 'job', operation: 'submit', object: 'Account', jobOperation: 'insert' },
				...{ binaryPropertyName: 'data', wait: true, options: {} },
			},
			items: async (engine) => [
				{
					json: {},
					binary: { data: await engine.storeFile(createReadStream(csv), 'in.csv', 'text/csv') },
				},
			],
		});
		return async () => check((await run())[0].json.numberRecordsProcessed);
	},
	jsforceIngest: async () => {
		const connection = jsforce();
		connection.bulk2.pollInterval = 1_000;
		connection.bulk2.pollTimeout = 600_000;
		const input = accounts();
		return async () => {
			const given = { object: 'Account', operation: 'insert', input };
			check((await connection.bulk2.loadAndWaitForResults(given)).successfulResults.length);
		};
	},
	oursExport: async () => {
		const run = await engineNode({
			builtIn: false,
			parameters: {
				...{ resource: 'query', operation: 'run', soql: SOQL, returnAll: true },
				...{ output: 'csv', binaryPropertyName: 'data', options: {} },
			},
			items: [{ json: {} }],
		});
		return async () => check((await run())[0].json.count);
	},
	builtInExport: async () => {
		const run = await engineNode({
			builtIn: true,
			parameters: { resource: 'search', operation: 'query', query: SOQL },
			items: [{ json: {} }],
		});
		return async () => check((await run()).length);
	},
	jsforceExport: async () => {
		const connection = jsforce();
		connection.bulk2.pollInterval = 1_000;
		connection.bulk2.pollTimeout = 600_000;
		return async () => {
			const rows = await connection.bulk2.query(SOQL);
			await pipeline(rows.stream(), createWriteStream(path.join(folder, 'out.csv')));
		};
	},
};

const { seconds, cpu, idleMb, peakMb, loopMs } = await measured(await contenders[contender]());
console.log(JSON.stringify({ seconds, cpu, idleMb, peakMb, loopMs }));
process.exit(0);
