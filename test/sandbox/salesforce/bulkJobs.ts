import type { SalesforceSandbox } from '../../../sandbox/salesforce/server.ts';
import { restOf } from './rest.ts';

/** Jobs of the Bulk API as the documentation writes their requests. */
export class BulkJobs {
	readonly rest: ReturnType<typeof restOf>;

	constructor(sandbox: SalesforceSandbox) {
		this.rest = restOf(sandbox);
	}

	/** A job that inserts accounts unless told otherwise. */
	async create(given: Record<string, unknown>) {
		const usual = { object: 'Account', operation: 'insert' };
		return (await this.rest('POST', '/jobs/ingest', { ...usual, ...given })).json;
	}

	/** Runs a job to its end. */
	async run(given: Record<string, unknown>, csv: string) {
		const { id } = await this.create(given);
		expect((await this.rest('PUT', `/jobs/ingest/${id}/batches`, csv)).status).toBe(201);
		await this.rest('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
		return await this.end(`/jobs/ingest/${id}`);
	}

	/** The job when it has come to its end. */
	async end(path: string) {
		for (;;) {
			const { json } = await this.rest('GET', path);
			if (['JobComplete', 'Failed', 'Aborted'].includes(json.state)) return json;
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}

	async lines(id: string, kind: string): Promise<string[]> {
		return (await this.rest('GET', `/jobs/ingest/${id}/${kind}`)).text.trimEnd().split('\n');
	}
}
