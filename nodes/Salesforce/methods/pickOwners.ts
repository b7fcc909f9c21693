import type { INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import type { SalesforceClient } from '../transport/client';
import { containing } from '../transport/query/quote';
import { PAGE, pageOf } from './pages';
import type { Row } from './rows';
import { rowsOf, textOf } from './rows';

/** Who can own records: users that are active, and queues, which come first. */
export async function pickOwners(
	client: SalesforceClient,
	{ filter, after }: ListQuestion,
): Promise<INodeListSearchResult> {
	const typed = filter.trim();
	const named = typed === '' ? '' : ` AND Name LIKE ${containing(typed)}`;
	const from = Number(after || 0);
	// Of what comes first everything is read anew for each page: of both together, one page more.
	const rest = `ORDER BY Name LIMIT ${from + PAGE + 1}`;
	const [queues, users] = await Promise.all([
		rowsOf(client, `SELECT Id, Name FROM Group WHERE Type = 'Queue'${named} ${rest}`),
		rowsOf(client, `SELECT Id, Name, Username FROM User WHERE IsActive = true${named} ${rest}`),
	]);
	const found = [
		...queues.map((row) => item(row, 'queue')),
		...users.map((row) => item(row, textOf(row, 'Username'))),
	];
	return pageOf(found, after);
}

const item = (row: Row, remark: string) => ({
	name: `${textOf(row, 'Name')} (${remark})`,
	value: textOf(row, 'Id'),
});
