import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import type { SalesforceClient } from '../transport/client';
import type { ObjectDescription } from '../transport/describe';
import { describeObject } from '../transport/describeCache';
import { fieldNamed } from '../transport/describedNames';
import { containing, quote } from '../transport/query/quote';
import { isId } from '../transport/recordId';
import { EDITOR_FRESH_MS } from './freshness';
import { PAGE } from './pages';
import type { Row } from './rows';
import { hitsOf, rowsOf, textOf } from './rows';

// https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_offset.htm
const MOST_OFFSET = 2_000;
/** Shorter ones the search index does not know. */
const SHORTEST_WORD = 2;

/** Beside the name: what tells records of the same name apart. */
const TELLING = ['Email', 'Company', 'CaseNumber', 'Industry', 'StageName', 'Status', 'Username'];

export interface Choice {
	object: string;
	/** a condition of SOQL: which records are of use at all */
	where?: string;
}

/**
 * Records by a part of their name, or by their ID; the latest changed ones where nothing was typed.
 * What is searched for is found by the search index where there is one, because a query for a part of
 * a name reads all records of the object.
 */
export async function pickRecords(
	client: SalesforceClient,
	{ object: name, where }: Choice,
	{ filter, after }: ListQuestion,
): Promise<INodeListSearchResult> {
	const object = await describeObject(client, name, { freshMs: EDITOR_FRESH_MS });
	const typed = filter.trim();
	const shown = shownFields(object);
	if (after === '' && isWord(object, typed)) {
		// What keeps the org from searching, the query hears as well, or it finds the record.
		const found = await hitsOf(client, soslOf(object, shown, typed, where)).catch(() => []);
		if (found.length > 0) return { results: found.map((row) => inList(row, shown)) };
	}
	const from = Number(after || 0);
	const rows = await rowsOf(client, soqlOf(object, shown, { typed, where, from }));
	const hasMore = rows.length > PAGE && from + PAGE <= MOST_OFFSET;
	return {
		results: rows.slice(0, PAGE).map((row) => inList(row, shown)),
		...(hasMore && { paginationToken: String(from + PAGE) }),
	};
}

/** The name field, and one more. */
function shownFields(object: ObjectDescription): string[] {
	const name = object.fields.find(({ nameField }) => nameField)?.name;
	const telling = TELLING.find((field) => field !== name && fieldNamed(object, field));
	return [name, telling].filter((field) => field !== undefined);
}

const isWord = ({ searchable }: ObjectDescription, typed: string): boolean =>
	searchable && !isId(typed) && typed.replace(/\W/g, '').length >= SHORTEST_WORD;

// https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_sosl_find.htm
const RESERVED = /[?&|!{}[\]()^~*:\\"'+-]/g;

const soslOf = (
	{ name }: ObjectDescription,
	shown: string[],
	typed: string,
	where: string | undefined,
): string =>
	`FIND {${typed.replace(RESERVED, '\\$&')}*} IN NAME FIELDS RETURNING ${name}(${['Id', ...shown].join(', ')}${where ? ` WHERE ${where}` : ''} LIMIT ${PAGE})`;

interface Looked {
	typed: string;
	where: string | undefined;
	from: number;
}

function soqlOf(object: ObjectDescription, shown: string[], { typed, where, from }: Looked) {
	const [nameField] = shown;
	const matching = isId(typed)
		? `Id = ${quote(typed)}`
		: typed !== '' && nameField
			? `${nameField} LIKE ${containing(typed)}`
			: undefined;
	const conditions = [where, matching].filter(Boolean).join(' AND ');
	return [
		`SELECT ${['Id', ...shown].join(', ')} FROM ${object.name}`,
		conditions && `WHERE ${conditions}`,
		orderOf(object, typed === '' ? 'SystemModstamp' : nameField, typed === '' ? ' DESC' : ''),
		`LIMIT ${PAGE + 1}`,
		from > 0 && `OFFSET ${from}`,
	]
		.filter(Boolean)
		.join(' ');
}

function orderOf(object: ObjectDescription, field: string | undefined, direction: string) {
	return field && fieldNamed(object, field)?.sortable && `ORDER BY ${field}${direction}`;
}

function inList(row: Row, [nameField = 'Id', telling]: string[]): INodeListSearchItems {
	const id = textOf(row, 'Id');
	const more = telling ? textOf(row, telling) : '';
	return { name: `${textOf(row, nameField) || id}${more ? ` (${more})` : ''}`, value: id };
}
