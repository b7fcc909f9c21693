/** A column of a file, and where its value stands in a row. */
export interface Column {
	name: string;
	path: string[];
}

export interface SelectList {
	columns: Column[];
	/** FIELDS(ALL) and the like: further columns are known from the rows only */
	open: boolean;
	/** SELECT COUNT() FROM: the answer has a number and no rows */
	onlyCount: boolean;
	/** what Bulk API does not do: children, summaries */
	onlyRest: boolean;
}

const AGGREGATE = /^(?:AVG|COUNT|COUNT_DISTINCT|GROUPING|MAX|MIN|SUM)\s*\(/i;
const CLAUSES = /^(?:ALL|FOR|GROUP|HAVING|LIMIT|OFFSET|ORDER|UPDATE|USING|WHERE|WITH)$/i;

/**
 * What the rows of a query will have, read from its text: rows do not say it themselves, where a
 * parent is missing there are none of its fields. Undefined where this is not a query that we can read.
 */
export function selectList(soql: string): SelectList | undefined {
	const [, text] = /^\s*SELECT\s(.*)$/is.exec(soql) ?? [];
	const read = text === undefined ? undefined : items(text);
	if (!read) return undefined;
	const { parts, rest } = read;
	const aggregate =
		parts.some((part) => AGGREGATE.test(part)) || /\bGROUP\s+BY\b/i.test(outside(rest));
	const prefixes = prefixesOf(rest);
	let expressions = 0;
	const columns: Column[] = [];
	for (const part of parts) {
		const path = pathOf(part, aggregate, () => `expr${expressions++}`);
		if (path) columns.push(columnOf(path, prefixes, aggregate));
	}
	return {
		columns,
		open: parts.some(isFields),
		onlyCount: parts.length === 1 && /^COUNT\s*\(\s*\)$/i.test(parts[0] ?? ''),
		onlyRest: aggregate || parts.some((part) => /^(?:\(|TYPEOF\s)/i.test(part)),
	};
}

const isFields = (part: string) => /^FIELDS\s*\(/i.test(part);

/** What is between SELECT and its FROM, and what is behind it. */
function items(text: string): { parts: string[]; rest: string } | undefined {
	const tokens = text.matchAll(/'(?:\\.|[^'\\])*'|[(),]|\b(?:TYPEOF|END|FROM)\b/gis);
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	for (const { 0: token, index } of tokens) {
		if (/^(?:\(|TYPEOF)$/i.test(token)) depth++;
		else if (/^(?:\)|END)$/i.test(token)) depth--;
		else if (depth > 0 || token.startsWith("'")) continue;
		else {
			parts.push(text.slice(start, index).trim());
			start = index + token.length;
			if (token !== ',') return { parts, rest: text.slice(start) };
		}
	}
	return undefined;
}

/** Without what stands in parentheses and quotes. */
function outside(text: string): string {
	const bare = text.replace(/'(?:\\.|[^'\\])*'/gs, '');
	const less = bare.replace(/\([^()]*\)/g, ' ');
	return less === bare ? bare : outside(less);
}

/** FROM Account a: a field may be written as a.Name, or as Account.Name. */
function prefixesOf(rest: string): string[] {
	const [, object = '', alias = ''] = /^\s*(\w+)(?:\s+(?:AS\s+)?(\w+))?/i.exec(rest) ?? [];
	return [object, CLAUSES.test(alias) ? '' : alias].map((one) => one.toLowerCase());
}

function pathOf(part: string, aggregate: boolean, expression: () => string): string[] | undefined {
	if (isFields(part)) return undefined;
	if (part.startsWith('(')) return childrenOf(part);
	const [, typed] = /^TYPEOF\s+(\w+)/i.exec(part) ?? [];
	if (typed) return [typed];
	const [, called, argument = '', alias] = /^(\w+)\s*\((.*)\)\s*(\w+)?$/s.exec(part) ?? [];
	if (alias) return [alias];
	if (called)
		return aggregate || !/^[\w.]+$/.test(argument.trim())
			? [expression()]
			: argument.trim().split('.');
	const [name = '', named] = part.split(/\s+/);
	return named ? [named] : name.split('.');
}

/** (SELECT Id FROM Contacts): the name of the relationship. */
function childrenOf(part: string): string[] | undefined {
	const [, text = ''] = /^\(\s*SELECT\s(.*)\)$/is.exec(part) ?? [];
	const [, name] = /^\s*(?:\w+\.)?(\w+)/.exec(items(text)?.rest ?? '') ?? [];
	return name === undefined ? undefined : [name];
}

function columnOf(path: string[], prefixes: string[], aggregate: boolean): Column {
	const [first = '', ...others] = path;
	const bare = others.length > 0 && prefixes.includes(first.toLowerCase()) ? others : path;
	// Rows of a summary have no parents.
	return { name: bare.join('.'), path: aggregate ? bare.slice(-1) : bare };
}
