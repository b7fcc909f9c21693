import { invalidInput } from '../../transport/failure';
import { plain } from '../../transport/headerValues';
import type { Part } from '../../transport/multipart';
import { unquoted } from '../../transport/objectInfo';

const FIELD = 'Parts (JSON)';

/** Sorted by their number. @throws Failure naming the field */
export function readParts(json: unknown, most: number): Part[] {
	if (!Array.isArray(json)) throw invalidInput(`"${FIELD}" must be a list`);
	const parts = new Map<number, Part>();
	for (const entry of json as unknown[]) {
		const part = partOf(entry, most);
		if (parts.has(part.number)) throw invalidInput(`"${FIELD}" has part ${part.number} twice`);
		parts.set(part.number, part);
	}
	return [...parts.values()].sort((a, b) => a.number - b.number);
}

function partOf(entry: unknown, most: number): Part {
	const number = Number(memberOf(entry, 'partNumber'));
	const etag = memberOf(entry, 'etag');
	if (!Number.isInteger(number) || number < 1 || number > most) {
		throw invalidInput(
			`"${FIELD}" needs a "partNumber" from 1 to ${most} in each entry, but has ${JSON.stringify(entry)}`,
		);
	}
	const bare = typeof etag === 'string' ? unquoted(plain(FIELD, etag.trim())) : '';
	if (bare === '') throw invalidInput(`"${FIELD}" has no "etag" for part ${number}`);
	return { number, etag: bare };
}

const memberOf = (entry: unknown, name: string): unknown =>
	typeof entry === 'object' && entry !== null ? Reflect.get(entry, name) : undefined;
