import http from 'node:http';
import https from 'node:https';
import type { OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';

const READ_BYTES = 128 * 1024;

/**
 * Every read of a connection goes into one buffer of its own, from which the HTTP parser copies what
 * it hands on. By default Node makes a buffer of 64 KiB for each read: garbage in the size of all that
 * is received.
 * https://nodejs.org/api/net.html#socketconnectoptions-connectlistener (onread)
 */
function intoOneBuffer<O extends object, S extends Duplex | null | undefined>(
	options: O,
	connect: (options: O & { onread: OnReadOpts }) => S,
): S {
	const onread: OnReadOpts = {
		buffer: Buffer.allocUnsafeSlow(READ_BYTES),
		callback: (length, buffer) => {
			socket?.emit('data', buffer.subarray(0, length));
			return true;
		},
	};
	const socket: S = connect({ ...options, onread });
	return socket;
}

type Connected = (error: Error | null, stream: Duplex) => void;

export class HttpAgent extends http.Agent {
	override createConnection(options: http.ClientRequestArgs, callback?: Connected) {
		return intoOneBuffer(options, (given) => super.createConnection(given, callback));
	}
}

export class HttpsAgent extends https.Agent {
	override createConnection(options: https.RequestOptions, callback?: Connected) {
		return intoOneBuffer(options, (given) => super.createConnection(given, callback));
	}
}
