import { json, type Answer } from '../answer.ts';
import { refusal } from '../errors.ts';
import { makeId } from '../ids.ts';
import type { Org } from '../org.ts';
import type { Call, Route } from '../router.ts';
import { runQuery, type Result } from '../soql/execute.ts';
import type { Row } from '../store/row.ts';

/** The rows of a query that were not all shown at once. */
interface Cursor {
	rows: Row[];
	show: Result['show'];
	pageSize: number;
	userId: string;
	/** Cursors live two days. */
	expiresAt: number;
}

const cursorMs = 2 * 24 * 60 * 60 * 1000;
/** Most children that are shown with their parent. */
const childPage = 200;
const cursorsOf = new WeakMap<Org, Map<string, Cursor>>();
let made = 0;

function keep(org: Org, cursor: Omit<Cursor, 'expiresAt'>): string {
	const cursors = cursorsOf.get(org) ?? new Map<string, Cursor>();
	cursorsOf.set(org, cursors);
	const id = makeId('01g', ++made);
	cursors.set(id, { ...cursor, expiresAt: org.clock.now() + cursorMs });
	return id;
}

/**
 * Rows of a page: 2,000, what "Sforce-Query-Options: batchSize=N" asks for (200 to 2,000), and fewer
 * where rows are wide, as Salesforce does without being asked.
 */
function pageSizeOf({ org, request }: Call, width: number): number {
	const { pageSize } = org.settings;
	const asked = /batchSize\s*=\s*(\d+)/i.exec(request.headers['sforce-query-options'] ?? '')?.[1];
	const wanted = asked === undefined ? pageSize : Math.max(200, Math.min(Number(asked), pageSize));
	return width > 60 ? Math.min(wanted, Math.ceil(pageSize / 2)) : wanted;
}

function page(
	call: Call,
	id: string,
	{ rows, show, pageSize }: Omit<Cursor, 'expiresAt'>,
	from: number,
) {
	const records = rows.slice(from, from + pageSize).map(show);
	const next = from + records.length;
	const done = next >= rows.length;
	return json({
		totalSize: rows.length,
		done,
		...(!done && { nextRecordsUrl: `${call.base}/query/${id}-${next}` }),
		records,
	});
}

function query(call: Call, withDeleted: boolean): Answer {
	const { org, request, base, session } = call;
	const text = request.query.get('q');
	if (text === null) {
		if (request.query.has('explain'))
			throw refusal('MALFORMED_QUERY', 'explain is not supported here');
		throw refusal('MALFORMED_QUERY', 'unexpected token: <EOF>');
	}
	const { userId } = session;
	const result = runQuery(text, {
		org,
		base,
		userId,
		withDeleted,
		childPage,
		keepRest(rows, show, shown) {
			const id = keep(org, { rows, show, pageSize: childPage, userId });
			return `${base}/query/${id}-${shown}`;
		},
	});
	if (result.count !== undefined) {
		return json({ totalSize: result.count, done: true, records: [] });
	}
	if (result.finished) {
		if (result.finished.length > 2000) {
			throw refusal(
				'EXCEEDED_ID_LIMIT',
				'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch',
			);
		}
		return json({ totalSize: result.finished.length, done: true, records: result.finished });
	}
	const { rows, show } = result;
	const pageSize = pageSizeOf(call, result.width);
	const cursor = { rows, show, pageSize, userId };
	return page(call, rows.length > pageSize ? keep(org, cursor) : '', cursor, 0);
}

function more(call: Call): Answer {
	const { org, params, session } = call;
	const [, id = '', from = ''] = /^(.+)-(\d+)$/.exec(params.locator ?? '') ?? [];
	const cursor = cursorsOf.get(org)?.get(id);
	if (!cursor || cursor.userId !== session.userId || cursor.expiresAt < org.clock.now()) {
		throw refusal('INVALID_QUERY_LOCATOR', 'invalid query locator');
	}
	return page(call, id, cursor, Number(from));
}

export const queryRoutes: Route[] = [
	{ method: 'GET', path: '/query', handle: (call) => query(call, false) },
	{ method: 'GET', path: '/queryAll', handle: (call) => query(call, true) },
	{ method: 'GET', path: '/query/:locator', handle: more },
	{ method: 'GET', path: '/queryAll/:locator', handle: more },
];
