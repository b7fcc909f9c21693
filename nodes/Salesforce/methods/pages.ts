import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

/** One page of a list that somebody scrolls through. */
export const PAGE = 100;

/** A page of what is there already. @param after where the page before ended */
export function pageOf(found: INodeListSearchItems[], after: string): INodeListSearchResult {
	const from = Number(after || 0);
	return {
		results: found.slice(from, from + PAGE),
		...(found.length > from + PAGE && { paginationToken: String(from + PAGE) }),
	};
}
