import type { ExampleOrg, Examples } from './org';
import { items, numbered } from './org';

/** Records, and jobs of the Bulk API. */
export function recordExamples(org: ExampleOrg): Examples {
	const { sandbox, engine, numbers } = org;
	const object = { __rl: true, mode: 'name', value: 'Account' };
	const recordId = { __rl: true, mode: 'id', value: '={{ $json.id }}' };
	const fields = {
		mappingMode: 'defineBelow',
		value: { Name: '=Contract {{ $json.n }}' },
		matchingColumns: [],
		schema: [],
	};
	const present = async (count: number) =>
		items(
			numbers(count).map((n) => ({
				n,
				id: sandbox.store.insert('Account', { Name: `Contract ${n}` }),
			})),
		);
	const jobs = (make: (org: ExampleOrg) => Promise<string>) => async (count: number) => {
		const ids = await Promise.all(numbers(count).map(async () => await make(org)));
		return items(ids.map((id) => ({ id })));
	};
	const jobId = '={{ $json.id }}';
	return {
		'record.create': { parameters: { object, fields }, items: numbered(org) },
		'record.update': { parameters: { object, recordId, fields }, items: present },
		'record.upsert': {
			parameters: {
				object,
				fields,
				externalIdField: 'External_Id__c',
				externalIdValue: '=E{{ $json.n }}',
			},
			items: numbered(org),
		},
		'record.delete': { parameters: { object, recordId }, items: present },
		'record.get': { parameters: { object, recordId }, items: present },
		'job.submit': {
			parameters: { object, wait: false },
			items: async (count) =>
				await Promise.all(
					numbers(count).map(async (n) => ({
						json: { n },
						binary: {
							data: await engine.storeFile(
								Buffer.from(`Name\nContract ${n}\n`),
								'rows.csv',
								'text/csv',
							),
						},
					})),
				),
		},
		'job.get': { parameters: { jobId }, items: jobs(newJob) },
		'job.abort': { parameters: { jobId }, items: jobs(newJob) },
		'job.getMany': {
			parameters: { limit: 1 },
			items: async (count) => {
				await newJob(org);
				return await numbered(org)(count);
			},
		},
		'job.getResults': {
			parameters: { jobId, results: 'unprocessed', output: 'csv' },
			items: jobs(endedJob),
		},
	};
}

const send = async ({ sandbox }: ExampleOrg, method: string, path: string, body: object) => {
	const response = await fetch(`${sandbox.url}/services/data/v68.0/jobs/ingest${path}`, {
		method,
		headers: {
			authorization: `Bearer ${sandbox.accessToken()}`,
			'content-type': 'application/json',
		},
		body: JSON.stringify(body),
	});
	return ((await response.json()) as { id: string }).id;
};

/** A job that is open. */
const newJob = async (org: ExampleOrg) =>
	await send(org, 'POST', '', { object: 'Account', operation: 'insert' });

/** A job that has ended. */
const endedJob = async (org: ExampleOrg) =>
	await send(org, 'PATCH', `/${await newJob(org)}`, { state: 'Aborted' });
