import type { Schema } from '../schema';

// RFC 4523 section 2: certificates, revocation lists, certificate pairs and supported algorithms.
const BINARY_ONLY: ReadonlySet<string> = new Set(
	['8', '9', '10', '49'].map((last) => `1.3.6.1.4.1.1466.115.121.1.${last}`),
);

/**
 * The description under which an attribute is written: servers take certificates with the option
 * ";binary" (RFC 4522) only. Those of Active Directory are octets and have none.
 */
export function sentAs(schema: Schema, description: string): string {
	const syntax = schema.attributeType(description)?.syntax ?? '';
	if (!BINARY_ONLY.has(syntax) || /;binary(;|$)/i.test(description)) return description;
	return `${description};binary`;
}
