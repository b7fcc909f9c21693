import type { INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import type { SalesforceClient } from '../transport/client';
import { containing } from '../transport/query/quote';
import { PAGE } from './pages';
import { rowsOf, textOf } from './rows';

/**
 * Reports by a part of their name, with their folder. The Reports API itself lists only those that the
 * user has looked at.
 */
export async function pickReports(
	client: SalesforceClient,
	{ filter, after }: ListQuestion,
): Promise<INodeListSearchResult> {
	const typed = filter.trim();
	const named = typed === '' ? '' : ` WHERE Name LIKE ${containing(typed)}`;
	const from = Number(after || 0);
	const rows = await rowsOf(
		client,
		`SELECT Id, Name, FolderName FROM Report${named} ORDER BY Name LIMIT ${PAGE + 1}${from > 0 ? ` OFFSET ${from}` : ''}`,
	);
	return {
		results: rows.slice(0, PAGE).map((row) => {
			const folder = textOf(row, 'FolderName');
			return {
				name: `${textOf(row, 'Name')}${folder ? ` (${folder})` : ''}`,
				value: textOf(row, 'Id'),
			};
		}),
		...(rows.length > PAGE && { paginationToken: String(from + PAGE) }),
	};
}
