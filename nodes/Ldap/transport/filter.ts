/** A search filter (RFC 4511 section 4.5.1.7). Values are bytes. */
export type Filter =
	| { type: 'and' | 'or'; filters: Filter[] }
	| { type: 'not'; filter: Filter }
	| {
			type: 'equality' | 'greaterOrEqual' | 'lessOrEqual' | 'approximate';
			attribute: string;
			value: Buffer;
	  }
	| { type: 'present'; attribute: string }
	| { type: 'substrings'; attribute: string; initial?: Buffer; any: Buffer[]; final?: Buffer }
	| {
			type: 'extensible';
			attribute?: string;
			matchingRule?: string;
			value: Buffer;
			dnAttributes: boolean;
	  };
