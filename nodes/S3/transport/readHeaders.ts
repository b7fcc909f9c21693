import type { S3Client } from './client';
import { invalidInput } from './failure';
import type { CustomerKey } from './encryption';
import { customerKeyHeaders } from './encryption';
import { instant, quoted } from './headerValues';

/** What is to be read, and on which conditions. */
export interface ReadOptions {
	/** instead of the current version */
	versionId?: string;
	/** of SSE-C: what the object was stored with */
	customerKey?: CustomerKey;
	/** only the object with this ETag */
	ifMatch?: string;
	/** only another object than the one with this ETag */
	ifNoneMatch?: string;
	/** a date */
	ifModifiedSince?: string;
	/** a date */
	ifUnmodifiedSince?: string;
	/** the server sends the checksum it has */
	checksum?: boolean;
	/** only this part of what was a multipart upload, from 1 */
	partNumber?: number;
}

/**
 * The query and the headers of HeadObject and GetObject.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @throws Failure that names what cannot be sent
 */
export function readRequest(
	server: Pick<S3Client, 'tls'>,
	options: ReadOptions,
): { query: Array<[string, string | number | undefined]>; headers: Record<string, string> } {
	const { versionId, customerKey, ifMatch, ifNoneMatch, partNumber } = options;
	const since = httpDate('If Modified Since', options.ifModifiedSince);
	const until = httpDate('If Unmodified Since', options.ifUnmodifiedSince);
	if (partNumber !== undefined && !(Number.isInteger(partNumber) && partNumber >= 1)) {
		throw invalidInput(`"Part Number" must be 1 or more, but is ${partNumber}`);
	}
	return {
		query: [
			['versionId', versionId || undefined],
			['partNumber', partNumber],
		],
		headers: {
			...(customerKey && customerKeyHeaders(server, customerKey)),
			...(ifMatch && { 'if-match': quoted(ifMatch) }),
			...(ifNoneMatch && { 'if-none-match': quoted(ifNoneMatch) }),
			...(since && { 'if-modified-since': since }),
			...(until && { 'if-unmodified-since': until }),
			...(options.checksum && { 'x-amz-checksum-mode': 'ENABLED' }),
		},
	};
}

const httpDate = (field: string, date: string | undefined) =>
	date && new Date(instant(field, date)).toUTCString();
