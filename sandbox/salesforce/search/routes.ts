import { json, type Answer } from '../answer.ts';
import { isObject, objectBody } from '../body.ts';
import { refusal } from '../errors.ts';
import type { Call, Route } from '../router.ts';
import { runQuery } from '../soql/execute.ts';
import { mostFound, parseSosl, type Sosl, type Wanted } from './sosl.ts';
import { rowMatcher } from './terms.ts';

/** The records that a search finds, object by object. */
function search(call: Call, { terms, group, returning, limit }: Sosl): unknown[] {
	const { org, base, session } = call;
	const matcher = rowMatcher(org, terms, group);
	const all = org.schema.all().filter(({ searchable }) => searchable);
	const wanted: Wanted[] =
		returning ??
		all.map(({ name }) => ({
			object: name,
			fields: 'Id',
			clauses: '',
			limit: undefined,
			offset: 0,
		}));
	const found: unknown[] = [];
	for (const { object, fields, clauses, limit: most = mostFound, offset } of wanted) {
		const type = org.schema.get(object);
		if (type && !type.searchable) {
			throw refusal('INVALID_TYPE', `entity type ${type.name} does not support search`);
		}
		const { rows, show } = runQuery(`SELECT ${fields} FROM ${object}${clauses}`, {
			org,
			base,
			userId: session.userId,
			withDeleted: false,
			childPage: 0,
			keepRest: () => '',
		});
		const match = type && matcher(type);
		const hits = rows.filter((row) => match?.(row) ?? false).slice(offset, offset + most);
		for (const row of hits.slice(0, Math.max(0, limit - found.length))) found.push(show(row));
	}
	return found;
}

function bySosl(call: Call): Answer {
	const text = call.request.query.get('q');
	if (text === null) throw refusal('MALFORMED_SEARCH', "unexpected token: '<EOF>'");
	return json({ searchRecords: search(call, parseSosl(text)) });
}

/** What is asked for beside the terms. */
interface Parameters {
	q: string;
	in: string;
	sobjects: Array<{
		name: string;
		fields: string[];
		limit?: number;
		where?: string;
		orderBy?: string;
	}>;
	fields: string[];
	defaultLimit?: number;
	overallLimit: number;
}

const texts = (value: unknown): string[] =>
	Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : [];

const count = (value: unknown): number | undefined =>
	value === undefined || value === null ? undefined : Number(value);

function fromBody(call: Call): Parameters {
	const body = objectBody(call.request);
	const sobjects = Array.isArray(body.sobjects) ? body.sobjects.filter(isObject) : [];
	return {
		q: typeof body.q === 'string' ? body.q : '',
		in: typeof body.in === 'string' ? body.in : 'ALL',
		fields: texts(body.fields),
		defaultLimit: count(body.defaultLimit),
		overallLimit: count(body.overallLimit) ?? mostFound,
		sobjects: sobjects.map(({ name, fields, limit, where, orderBy }) => ({
			name: String(name),
			fields: texts(fields),
			limit: count(limit),
			where: typeof where === 'string' ? where : undefined,
			orderBy: typeof orderBy === 'string' ? orderBy : undefined,
		})),
	};
}

function fromQuery({ request }: Call): Parameters {
	const { query } = request;
	const own = (name: string, key: string) => query.get(`${name}.${key}`) ?? undefined;
	return {
		q: query.get('q') ?? '',
		in: query.get('in') ?? 'ALL',
		fields: texts(query.get('fields') ?? undefined),
		defaultLimit: count(query.get('defaultLimit')),
		overallLimit: count(query.get('overallLimit')) ?? mostFound,
		sobjects: query.getAll('sobject').map((name) => ({
			name,
			fields: texts(own(name, 'fields')),
			limit: count(own(name, 'limit')),
			where: own(name, 'where'),
			orderBy: own(name, 'orderBy'),
		})),
	};
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_search_parameterized.htm */
function parameterized(call: Call, given: Parameters): Answer {
	if (given.q === '') throw refusal('INVALID_SEARCH', 'The parameter q is required.');
	const returning = given.sobjects.map(({ name, fields, limit, where, orderBy }) => ({
		object: name,
		fields: (fields.length > 0 ? fields : given.fields.length > 0 ? given.fields : ['Id']).join(
			', ',
		),
		clauses: `${where ? ` WHERE ${where}` : ''}${orderBy ? ` ORDER BY ${orderBy}` : ''}`,
		limit: limit ?? given.defaultLimit,
		offset: 0,
	}));
	// What has a meaning of its own in SOSL has none in plain terms.
	const terms = given.q.replaceAll(/[&|!{}[\]()^~:'+-]/g, '\\$&');
	const sosl = {
		terms,
		group: given.in.replace(/\s*FIELDS$/i, ''),
		returning: returning.length > 0 ? returning : undefined,
		limit: given.overallLimit,
	};
	return json({ searchRecords: search(call, sosl) });
}

export const searchRoutes: Route[] = [
	{ method: 'GET', path: '/search', handle: bySosl },
	{
		method: 'GET',
		path: '/parameterizedSearch',
		handle: (call) => parameterized(call, fromQuery(call)),
	},
	{
		method: 'POST',
		path: '/parameterizedSearch',
		handle: (call) => parameterized(call, fromBody(call)),
	},
];
