import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from './client';
import type { CustomerKey } from './encryption';
import { customerKeyHeaders } from './encryption';
import type { EventMessage } from './eventStream';
import { eventMessages } from './eventStream';
import { s3Failure } from './failure';
import { aboutObject, withXml } from './subresource';
import type { XmlContent } from './xml';
import { parseXml, text } from './xml';

export interface Select {
	bucket: string;
	key: string;
	/** SQL */
	expression: string;
	/** InputSerialization of the API */
	input: { readonly [name: string]: XmlContent };
	/** OutputSerialization of the API */
	output: { readonly [name: string]: XmlContent };
	/** bytes of the object, both inclusive */
	scanRange?: { start?: number; end?: number };
	customerKey?: CustomerKey;
}

/** In bytes. */
export interface SelectStats {
	scanned?: number;
	processed?: number;
	returned?: number;
}

/**
 * Has the server filter an object by SQL.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_SelectObjectContent.html
 * @param begin gives the function for the bytes of the result; called again when all begins anew,
 * with what broke it
 */
export async function selectContent(
	s3: S3Client,
	select: Select,
	begin: (broken?: Failure) => (bytes: Buffer) => Promise<void> | void,
): Promise<SelectStats> {
	const { bucket, key, expression, input, output, scanRange, customerKey } = select;
	const about = aboutObject('SelectObjectContent', 'POST', { bucket, key }, 'select');
	const headers = customerKey ? customerKeyHeaders(s3, customerKey) : {};
	const range = scanRange && { Start: scanRange.start, End: scanRange.end };
	const request = withXml(
		{ ...about, query: [...(about.query ?? []), ['select-type', 2]], headers },
		'SelectObjectContentRequest',
		{
			Expression: expression,
			ExpressionType: 'SQL',
			InputSerialization: input,
			OutputSerialization: output,
			ScanRange: range,
		},
	);
	let broken: Failure | undefined;
	try {
		return await s3.receive(
			() => ({ ...request, attemptTimeoutMs: 0 }),
			async ({ body }) => {
				const take = begin(broken);
				try {
					return await readResult(s3, eventMessages(body), take);
				} catch (error) {
					broken = toFailure(error);
					throw broken;
				}
			},
		);
	} catch (error) {
		const failure = toFailure(error);
		throw WITHOUT.has(failure.code) || WITHOUT.has(String(failure.status))
			? failure.withHint(HINT)
			: failure;
	}
}

const WITHOUT = new Set([
	'NotImplemented',
	'MethodNotAllowed',
	'UnsupportedOperation',
	'405',
	'501',
]);
const HINT =
	'This server does not filter objects (S3 Select), and Amazon does it only for accounts that used it before July 2024. Download the object and filter it here.';

async function readResult(
	s3: S3Client,
	messages: AsyncIterable<EventMessage>,
	take: (bytes: Buffer) => Promise<void> | void,
): Promise<SelectStats> {
	let stats: SelectStats = {};
	let ended = false;
	for await (const { headers, payload } of messages) {
		if (headers[':message-type'] === 'error') throw failed(s3, headers);
		const event = headers[':event-type'];
		if (event === 'Records') await take(payload);
		if (event === 'Stats') stats = statsOf(payload);
		if (event === 'End') ended = true;
	}
	if (!ended) throw incomplete();
	return stats;
}

function failed(s3: S3Client, headers: Record<string, string>): Failure {
	const code = headers[':error-code'] ?? 'InternalError';
	const message = s3.redact.text(headers[':error-message'] ?? `The server answered ${code}`);
	return s3Failure(200, {}, { code, message }, s3.clock.now());
}

function statsOf(payload: Buffer): SelectStats {
	const stats = parseXml(payload);
	const count = (name: string) => {
		const bytes = text(stats, name);
		return bytes === undefined ? undefined : Number(bytes);
	};
	return {
		scanned: count('BytesScanned'),
		processed: count('BytesProcessed'),
		returned: count('BytesReturned'),
	};
}

/** Without the last message nobody knows whether it is all. */
const incomplete = () =>
	new Failure({
		kind: 'network',
		phase: 'rejected',
		code: 'INCOMPLETE_RESULT',
		message: 'The result of the query broke off',
	});
