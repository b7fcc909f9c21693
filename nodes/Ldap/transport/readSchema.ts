import type { LdapClient } from './client';
import type { Schema } from './schema';
import { noSchema, parseSchema, SCHEMA_ATTRIBUTES } from './schemaParser';

/**
 * The schema of the server in use, as RFC 4512 section 4.4 says how to find it. A server that shows
 * none to this user has one without names.
 */
export async function readSchema(client: Pick<LdapClient, 'rootDse' | 'search'>): Promise<Schema> {
	const { subschemaSubentry } = await client.rootDse();
	if (!subschemaSubentry) return noSchema;
	const found = client.search({
		base: subschemaSubentry,
		scope: 'base',
		filter: { type: 'present', attribute: 'objectClass' },
		attributes: SCHEMA_ATTRIBUTES,
	});
	for await (const [subschema] of found) if (subschema) return parseSchema(subschema);
	return noSchema;
}
