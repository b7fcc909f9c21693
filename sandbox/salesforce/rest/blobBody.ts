import { isObject, objectBody } from '../body.ts';
import { refusal } from '../errors.ts';
import type { Input } from '../records/write.ts';
import type { Call } from '../router.ts';

interface Part {
	headers: string;
	name: string;
	body: Buffer;
}

/** The parts of a multipart body. @throws ApiError INVALID_MULTIPART_REQUEST */
export function multipart(body: Buffer, contentType: string): Part[] {
	const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
	if (!boundary) throw broken('There is no boundary.');
	const mark = Buffer.from(`--${boundary}`);
	const parts: Part[] = [];
	let at = body.indexOf(mark);
	while (at >= 0) {
		const start = at + mark.length;
		const next = body.indexOf(mark, start);
		if (next < 0) break;
		const section = body.subarray(start, next);
		const blank = section.indexOf('\r\n\r\n');
		if (blank < 0) throw broken('A part has no end of its headers.');
		const headers = section.subarray(0, blank).toString();
		const name = /name="([^"]*)"/i.exec(headers)?.[1] ?? '';
		parts.push({ headers, name, body: section.subarray(blank + 4, -2) });
		at = next;
	}
	return parts;
}

const broken = (message: string) => refusal('INVALID_MULTIPART_REQUEST', message);

/**
 * The fields of a record; of a multipart body those of its JSON part, with the bytes of the others
 * under their names.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_insert_update_blob.htm
 */
export function bodyWithBlob({ org, request, params }: Call): Input {
	const type = request.headers['content-type'] ?? '';
	const parted = /^multipart\/form-data/i.test(type);
	const large = parted && params.object?.toLowerCase() === 'contentversion';
	if (!large && request.body.length > org.settings.bodyLimit) {
		throw refusal('REQUEST_TOO_LARGE', 'The request entity is too large.');
	}
	if (!parted) return objectBody(request);
	const parts = multipart(request.body, type);
	const [first, ...rest] = parts;
	if (!first || !/content-type:\s*application\/json/i.test(first.headers)) {
		throw broken('The first part must be the JSON of the record.');
	}
	const fields: unknown = JSON.parse(first.body.toString());
	if (!isObject(fields)) throw broken('The first part must be the JSON of the record.');
	for (const { name, headers, body } of rest) {
		if (!/filename=/i.test(headers)) throw broken(`The part ${name} has no file name.`);
		fields[name] = body.toString('base64');
	}
	return fields;
}
