import { Recent } from '../../shared/ground/recent';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { LdapClient } from './client';
import type { Entry } from './entry';
import { anyEntry } from './filter';
import { isHidden } from './results';
import type { Schema } from './schema';
import { noSchema, parseSchema, SCHEMA_ATTRIBUTES } from './schemaParser';

interface Kept {
	schema: Schema;
	readAt: number;
}

// Half a megabyte in Active Directory: too much for every run.
const MOST_SCHEMAS = 20;
const schemas = new Recent<Kept>(MOST_SCHEMAS);

// A server that does not say when its schema changed is not believed for longer.
const KEPT_MS = 600_000;

type Client = Pick<LdapClient, 'rootDse' | 'search' | 'clock'>;

/**
 * The schema of the server in use, as RFC 4512 section 4.4 says how to find it. Kept for all runs of
 * the credential as long as its modifyTimestamp stays the same. A server that shows none to this user
 * has one without names.
 * @param owner tells credentials apart
 */
export async function readSchema(client: Client, owner: string): Promise<Schema> {
	const { subschemaSubentry, refusal } = await client.rootDse();
	if (!subschemaSubentry) return { ...noSchema, refusal };
	const stamped = await read(client, subschemaSubentry, ['modifyTimestamp']);
	const stamp =
		stamped instanceof Failure ? undefined : stamped?.attributes[0]?.values[0]?.toString();
	const name = JSON.stringify([owner, subschemaSubentry, stamp]);
	const kept = stamp === undefined ? undefined : schemas.peek(name);
	const now = client.clock.now();
	if (kept && now - kept.readAt < KEPT_MS) return kept.schema;
	const subschema = await read(client, subschemaSubentry, SCHEMA_ATTRIBUTES);
	if (!subschema || subschema instanceof Failure) return { ...noSchema, refusal: subschema };
	const schema = parseSchema(subschema);
	schemas.set(name, { schema, readAt: now });
	return schema;
}

async function read(
	client: Client,
	base: string,
	attributes: string[],
): Promise<Entry | Failure | undefined> {
	const filter = anyEntry;
	try {
		for await (const [entry] of client.search({ base, scope: 'base', filter, attributes }))
			if (entry) return entry;
	} catch (error) {
		const refusal = toFailure(error);
		if (isHidden(refusal)) return refusal;
		throw error;
	}
	return undefined;
}
