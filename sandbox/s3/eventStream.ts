import { crc32 } from 'node:zlib';

/** One message of an event stream, all of whose headers are texts. */
export function message(headers: Record<string, string>, payload: Buffer): Buffer {
	const encoded = Buffer.concat(
		Object.entries(headers).map(([name, value]) => {
			const length = Buffer.alloc(2);
			length.writeUInt16BE(Buffer.byteLength(value));
			return Buffer.concat([
				Buffer.from([name.length]),
				Buffer.from(name),
				Buffer.from([7]),
				length,
				Buffer.from(value),
			]);
		}),
	);
	const whole = Buffer.alloc(encoded.length + payload.length + 16);
	whole.writeUInt32BE(whole.length, 0);
	whole.writeUInt32BE(encoded.length, 4);
	whole.writeUInt32BE(crc32(whole.subarray(0, 8)), 8);
	encoded.copy(whole, 12);
	payload.copy(whole, 12 + encoded.length);
	whole.writeUInt32BE(crc32(whole.subarray(0, -4)), whole.length - 4);
	return whole;
}

/** A message that brings a part of the result. */
export const eventMessage = (type: string, contentType: string, payload: Buffer) =>
	message({ ':message-type': 'event', ':event-type': type, ':content-type': contentType }, payload);
