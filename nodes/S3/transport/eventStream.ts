import { crc32 } from 'node:zlib';
import { Failure } from '../../shared/resilience/failure';

/** One message of an answer that comes as an event stream. */
export interface EventMessage {
	headers: Record<string, string>;
	payload: Buffer;
}

const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;
/** Amazon sends up to 1 MiB in a message. More than this is no event stream. */
const MAX_MESSAGE_BYTES = 24 * 1024 * 1024;

/**
 * The messages in a stream of bytes, however they are cut; both checksums of each are verified.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 * @throws Failure where the stream ends inside a message or is damaged
 */
export async function* eventMessages(bytes: AsyncIterable<Buffer>): AsyncGenerator<EventMessage> {
	let chunks: Buffer[] = [];
	let have = 0;
	let need = PRELUDE_BYTES;
	for await (const chunk of bytes) {
		chunks.push(chunk);
		have += chunk.length;
		if (have < need) continue;
		let rest = Buffer.concat(chunks, have);
		need = PRELUDE_BYTES;
		while (rest.length >= need) {
			const length = lengthOf(rest);
			// The next look at what is there is worth it when all of the message is.
			need = rest.length < length ? length : PRELUDE_BYTES;
			if (rest.length < length) break;
			yield messageOf(rest.subarray(0, length));
			rest = rest.subarray(length);
		}
		chunks = [rest];
		have = rest.length;
	}
	if (have > 0) throw broken('ended inside a message');
}

function lengthOf(message: Buffer): number {
	if (crc32(message.subarray(0, 8)) !== message.readUInt32BE(8)) {
		throw broken('is damaged, or is none');
	}
	const length = message.readUInt32BE(0);
	if (length < PRELUDE_BYTES + CRC_BYTES || length > MAX_MESSAGE_BYTES) {
		throw broken(`has a message of ${length} bytes`);
	}
	return length;
}

function messageOf(message: Buffer): EventMessage {
	const end = message.length - CRC_BYTES;
	if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) throw broken('is damaged');
	const afterHeaders = PRELUDE_BYTES + message.readUInt32BE(4);
	if (afterHeaders > end) throw broken('has headers that are longer than their message');
	return {
		headers: headersOf(message.subarray(PRELUDE_BYTES, afterHeaders)),
		payload: message.subarray(afterHeaders, end),
	};
}

const STRING = 7;

function headersOf(bytes: Buffer): Record<string, string> {
	const headers: Record<string, string> = {};
	let at = 0;
	const take = (length: number) => {
		if (at + length > bytes.length) throw broken('has a header that is longer than it may be');
		at += length;
		return bytes.subarray(at - length, at);
	};
	while (at < bytes.length) {
		const name = take(take(1).readUInt8()).toString();
		if (take(1).readUInt8() !== STRING) throw broken(`has a header "${name}" that is no text`);
		headers[name] = take(take(2).readUInt16BE()).toString();
	}
	return headers;
}

/** What was read of it counts for nothing, so it can be asked for again. */
const broken = (how: string) =>
	new Failure({
		kind: 'network',
		phase: 'rejected',
		code: 'EVENT_STREAM',
		message: `The event stream of the server ${how}`,
	});
