import type { DemoSystem } from '../host/demo.ts';
import { startSalesforceSandbox, type SalesforceSandbox } from '../salesforce/server.ts';

/**
 * An org that knows three of the visitors of a fair already. Of the leads that arrive some are held by
 * somebody else for a moment, and the connection breaks after some are stored, so that nobody hears
 * that they are there.
 */
export async function startSalesforceDemo(): Promise<DemoSystem> {
	const sandbox = await startSalesforceSandbox();
	const { clientId, organizationId, privateKey, url, username } = sandbox;
	for (const [LastName, number] of [
		['Okafor 50', 50],
		['Novák 150', 150],
		['Kim 250', 250],
	] as const) {
		const Email = `visitor${number}@example.com`;
		sandbox.store.insert('Lead', { LastName, Email, Company: 'Known already' });
	}
	const upserts = { times: 1, match: ({ method }: { method: string }) => method === 'PATCH' };
	sandbox.faults.add({ kind: 'lockRows', rows: 0.05, ...upserts });
	sandbox.faults.add({ kind: 'resetAfter', ...upserts });
	return {
		values: { url, clientId, username, privateKey, organizationId },
		stored: () => ({ leads: leads(sandbox).join('\n'), ...reports(sandbox) }),
		story() {
			const writes = sandbox.requests.filter(({ method }) => method === 'PATCH');
			return `The org at ${url} got ${writes.length} requests for 500 leads. It had locked some of them once and lost the connection once, after it had stored what a request brought; each lead is there once.`;
		},
		close: async () => await sandbox.close(),
	};
}

/** How many visitors there are, and how many of them more than once. */
function leads({ store }: SalesforceSandbox): string[] {
	const keys = store.rows('Lead').flatMap(({ values }) => values.External_Id__c ?? []);
	const twice = keys.length - new Set(keys).size;
	return [`${keys.length} visitors`, `${twice} of them twice`];
}

function reports({ store }: SalesforceSandbox): Record<string, string> {
	return Object.fromEntries(
		store.rows('ContentVersion').map(({ values }) => {
			const { FileExtension, Title, VersionData } = values;
			const content = Buffer.isBuffer(VersionData) ? VersionData.toString() : '';
			return [`files/${String(Title)}.${String(FileExtension)}`, linesOf(content).join('\n')];
		}),
	);
}

const linesOf = (csv: string) => csv.trimEnd().split('\r\n');
