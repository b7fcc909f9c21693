import { refusal } from '../errors.ts';

/** What is wanted of an object. */
export interface Wanted {
	object: string;
	/** The rest of a SOQL query: fields, conditions, order. */
	fields: string;
	clauses: string;
	limit: number | undefined;
	offset: number;
}

export interface Sosl {
	terms: string;
	group: string;
	/** Absent: all objects that can be searched, with their ids. */
	returning: Wanted[] | undefined;
	limit: number;
}

/** Most records of a search. */
export const mostFound = 2000;

const malformed = (text: string, message: string) =>
	refusal('MALFORMED_SEARCH', `\n${text.slice(0, 80)}\n^\nERROR at Row:1:Column:1\n${message}`);

/** Parts between commas that stand in no parentheses and no quotes. */
function listOf(text: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let quoted = false;
	let from = 0;
	for (let at = 0; at < text.length; at++) {
		const char = text[at];
		if (char === '\\') at++;
		else if (char === "'") quoted = !quoted;
		else if (!quoted && char === '(') depth++;
		else if (!quoted && char === ')') depth--;
		else if (!quoted && depth === 0 && char === ',') {
			parts.push(text.slice(from, at).trim());
			from = at + 1;
		}
	}
	return [...parts, text.slice(from).trim()];
}

/** `Account(Id, Name WHERE Industry = 'Energy' ORDER BY Name LIMIT 5)` */
function wantedOf(text: string, whole: string): Wanted {
	const [, object, inside] = /^(\w+)\s*(?:\(([\s\S]*)\))?$/.exec(text) ?? [];
	if (object === undefined) throw malformed(whole, `unexpected token: '${text}'`);
	if (inside === undefined)
		return { object, fields: 'Id', clauses: '', limit: undefined, offset: 0 };
	const at = /\s(?:USING|WHERE|ORDER\s+BY|LIMIT|OFFSET)\s/i.exec(inside)?.index ?? inside.length;
	let clauses = inside.slice(at);
	const limit = /\sLIMIT\s+(\d+)/i.exec(clauses)?.[1];
	const offset = /\sOFFSET\s+(\d+)/i.exec(clauses)?.[1];
	clauses = clauses.replace(/\sLIMIT\s+\d+/i, ' ').replace(/\sOFFSET\s+\d+/i, ' ');
	return {
		object,
		fields: inside.slice(0, at).trim(),
		clauses,
		limit: limit === undefined ? undefined : Number(limit),
		offset: Number(offset ?? 0),
	};
}

/**
 * Reads a search: `FIND {Acme*} IN NAME FIELDS RETURNING Account(Id, Name), Contact LIMIT 20`
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_sosl_syntax.htm
 * @throws ApiError MALFORMED_SEARCH
 */
export function parseSosl(text: string): Sosl {
	const [, terms, rest] = /^\s*FIND\s*\{((?:\\.|[^\\}])*)\}([\s\S]*)$/i.exec(text) ?? [];
	if (terms === undefined || rest === undefined) {
		throw malformed(text, `unexpected token: '${text.trim().split(/\s/)[0] ?? '<EOF>'}'`);
	}
	const group = /^\s+IN\s+(\w+)\s+FIELDS\b/i.exec(rest);
	const afterGroup = rest.slice(group?.[0].length ?? 0);
	const limit = /\sLIMIT\s+(\d+)\s*$/i.exec(afterGroup);
	const body = afterGroup
		.slice(0, limit?.index ?? afterGroup.length)
		.replace(/\sWITH\s[\s\S]*$/i, '');
	const returning = /^\s+RETURNING\s+([\s\S]+)$/i.exec(body)?.[1];
	if (returning === undefined && body.trim() !== '') {
		throw malformed(text, `unexpected token: '${body.trim().split(/\s/)[0] ?? ''}'`);
	}
	return {
		terms,
		group: group?.[1] ?? 'ALL',
		returning:
			returning === undefined ? undefined : listOf(returning).map((one) => wantedOf(one, text)),
		limit: Math.min(Number(limit?.[1] ?? mostFound), mostFound),
	};
}
