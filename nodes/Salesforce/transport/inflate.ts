import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Failure } from '../../shared/resilience/failure';
import type { HttpResponse } from '../../shared/transport/http';
import type { Body } from '../../shared/transport/body';

/** JSON of an org is a tenth in size then. */
export const COMPRESSED = { 'accept-encoding': 'gzip' };

const unzip = promisify(gunzip);

/**
 * The whole body, unpacked.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_compression.htm
 * @param maxBytes a larger one is refused, packed or not
 */
export async function collected(
	{ status, headers, body }: HttpResponse<Body>,
	maxBytes: number,
): Promise<Buffer> {
	const bytes = await body.collect(maxBytes);
	// n8n's own client has unpacked it already.
	const isPacked = headers['content-encoding'] === 'gzip' && bytes[0] === 0x1f && bytes[1] === 0x8b;
	if (!isPacked) return bytes;
	try {
		return await unzip(bytes, { maxOutputLength: maxBytes });
	} catch (cause) {
		throw new Failure({
			kind: 'network',
			phase: 'maybeDone',
			code: 'UNREADABLE_ANSWER',
			message: `The answer cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}`,
			status,
			cause,
		});
	}
}
