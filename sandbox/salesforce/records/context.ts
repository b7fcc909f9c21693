import type { Org } from '../org.ts';
import type { Call } from '../router.ts';

/** Who writes, and how the headers of the request want it done. */
export interface WriteContext {
	org: Org;
	userId: string;
	/** "/services/data/v68.0": for links to records. */
	base: string;
	/** Sforce-Duplicate-Rule-Header: allowSave=true */
	allowDuplicates: boolean;
	/** Sforce-Auto-Assign: true by default, false, or the id of a rule. */
	assign: boolean;
	/** Share of the rows that somebody else has locked (of a fault). */
	lockedRows: number;
	/** Rows this request has tried to lock. */
	locksTried: number;
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers.htm */
export function writeContext({ org, request, session, base }: Call): WriteContext {
	const { headers, lockedRows = 0 } = request;
	return {
		org,
		userId: session.userId,
		base,
		allowDuplicates: /allowSave\s*=\s*true/i.test(headers['sforce-duplicate-rule-header'] ?? ''),
		assign: (headers['sforce-auto-assign'] ?? 'TRUE').toUpperCase() !== 'FALSE',
		lockedRows,
		locksTried: 0,
	};
}
