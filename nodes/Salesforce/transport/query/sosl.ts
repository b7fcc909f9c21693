// https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_sosl_find.htm
const RESERVED = /[?&|!{}[\]()^~*:\\"'+-]/g;
const OPERATORS = /\b(?:and|or|not)\b/gi;

/** A text to search for, none of which is an operator or a wildcard. */
export const searchTerm = (text: string): string =>
	text
		.replace(/\p{Cc}|\p{Cs}/gu, ' ')
		.replace(RESERVED, '\\$&')
		.replace(OPERATORS, '"$&"');
