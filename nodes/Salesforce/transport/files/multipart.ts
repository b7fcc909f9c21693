import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { SalesforceRequest } from '../client';

/** A file to be sent, that can be read from its start for each attempt. */
export interface FileSource {
	/** the field of the record that takes it: "VersionData" */
	field: string;
	fileName: string;
	mimeType: string;
	/** in bytes, where it is known before the file is read */
	size?: number;
	open(): Promise<AsyncIterable<Buffer>>;
}

// A quotation mark or a line break in the name would end it. RFC 7578 section 4.2
const quoted = (text: string) =>
	text.replace(/["\r\n]/g, (character) => encodeURIComponent(character));

/**
 * The body of a request that creates a record with a file in it: the fields as JSON, then the file as it
 * is, so that it is neither encoded in base64 nor held in memory.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_insert_update_blob.htm
 * @param watch sees each piece of the file as it is sent
 */
export function multipart(
	fields: object,
	{ field, fileName, mimeType, size, open }: FileSource,
	watch: () => (piece: Buffer) => void,
): Pick<SalesforceRequest, 'body' | 'headers'> {
	const boundary = `n8n-${randomUUID()}`;
	const head = Buffer.from(
		[
			`--${boundary}`,
			'Content-Disposition: form-data; name="entity_content"',
			'Content-Type: application/json',
			'',
			JSON.stringify(fields),
			`--${boundary}`,
			`Content-Disposition: form-data; name="${field}"; filename="${quoted(fileName)}"`,
			`Content-Type: ${quoted(mimeType)}`,
			'',
			'',
		].join('\r\n'),
	);
	const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
	async function* pieces() {
		yield head;
		const seen = watch();
		for await (const piece of await open()) {
			seen(piece);
			yield piece;
		}
		yield tail;
	}
	return {
		headers: {
			'content-type': `multipart/form-data; boundary=${boundary}`,
			...(size !== undefined && { 'content-length': String(head.length + size + tail.length) }),
		},
		body: () => Readable.from(pieces(), { objectMode: false }),
	};
}
