import { Recent } from '../../../shared/ground/recent';
import type { AvroReader } from './avro';

// A topic has one at a time; each change of its fields makes another.
const MOST_SCHEMAS = 200;

// A schema of this id never changes.
const shared = new Recent<Promise<AvroReader>>(MOST_SCHEMAS);

/** What reads the payloads of a schema; asked for once by all triggers of the process. */
export async function schemaOf(name: string, ask: () => Promise<AvroReader>): Promise<AvroReader> {
	const asked = shared.get(name, ask);
	try {
		return await asked;
	} catch (error) {
		// The next one who needs it asks again.
		if (shared.peek(name) === asked) shared.forget(name);
		throw error;
	}
}
