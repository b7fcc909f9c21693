import type { Json, JsonObject } from './xmlShape';

/**
 * Ceph sends the prefix of a rule beside `And` instead of inside, and takes no notice of it when it
 * gets the document back so: the rule would then delete objects that it spared before.
 */
export function withPrefixesInAnd(lifecycle: JsonObject): JsonObject {
	const { Rules } = lifecycle;
	return Array.isArray(Rules) ? { ...lifecycle, Rules: Rules.map(inAnd) } : lifecycle;
}

function inAnd(rule: Json): Json {
	if (!isObject(rule) || !isObject(rule.Filter) || !isObject(rule.Filter.And)) return rule;
	const { And, Prefix, ...filter } = rule.Filter;
	if (Prefix === undefined || !isObject(And)) return rule;
	return { ...rule, Filter: { ...filter, And: { Prefix, ...And } } };
}

const isObject = (json: Json | undefined): json is JsonObject =>
	typeof json === 'object' && json !== null && !Array.isArray(json);
