import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { reasonOf, systemClock } from '../../../shared/ground/clock';
import { Failure } from '../../../shared/resilience/failure';
import type { TlsOptions } from '../../../shared/transport/agents';
import { dial } from '../../../shared/transport/dial';
import type { EgressFilter } from '../../../shared/transport/egress';
import { networkFailure } from '../../../shared/transport/networkFailure';
import { grpcFailure } from './grpcFailure';

// gRPC over HTTP/2, as a client of one server needs it, on connections of our own: see
// docs/decisions/0013. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

const CONNECT_MS = 15_000;
const FRAME_HEAD = 5;
// The server sends some MB at most; what is longer is no message.
const LONGEST_MESSAGE = 64 * 1024 * 1024;
// So much may be on its way: enough that a distant server need not wait.
const WINDOW_BYTES = 4 * 1024 * 1024;

export interface GrpcOptions {
	/** scheme, host and port */
	origin: string;
	egress?: EgressFilter;
	tls?: TlsOptions;
	/** ends the connection with all its calls */
	signal: AbortSignal;
}

export type Metadata = Record<string, string>;

/** A connection to a gRPC server. */
export class GrpcConnection {
	private constructor(
		private readonly session: ClientHttp2Session,
		private readonly signal: AbortSignal,
	) {
		// Its streams fail as well, and tell of it.
		session.on('error', () => {});
	}

	/** Rejects with a Failure in phase `notSent` that says why the server cannot be reached. */
	static async open({ origin, egress, tls, signal }: GrpcOptions): Promise<GrpcConnection> {
		const connectMs = CONNECT_MS;
		const socket = await dial({ origin, protocol: 'h2', connectMs, egress, tls, signal });
		if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2') {
			socket.destroy();
			throw noHttp2(origin);
		}
		const { connect } = await import('node:http2');
		const session = connect(origin, {
			createConnection: () => socket,
			settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
		});
		session.once('connect', () => session.setLocalWindowSize(WINDOW_BYTES));
		const close = () => session.destroy();
		signal.addEventListener('abort', close, { once: true });
		session.once('close', () => signal.removeEventListener('abort', close));
		return new GrpcConnection(session, signal);
	}

	/** One message there, one back. */
	async call(path: string, metadata: Metadata, request: Buffer, withinMs: number): Promise<Buffer> {
		const call = this.stream(path, metadata, { 'grpc-timeout': `${withinMs}m` });
		call.send(request);
		call.end();
		for await (const message of call.messages(() => withinMs)) return message;
		throw new Failure({
			kind: 'unavailable',
			phase: 'rejected',
			code: 'NO_ANSWER',
			message: 'The Pub/Sub API has answered nothing',
		});
	}

	/** Messages in both directions. */
	stream(path: string, metadata: Metadata, headers: Metadata = {}): GrpcStream {
		if (this.signal.aborted) throw reasonOf(this.signal);
		const head = {
			':method': 'POST',
			':path': path,
			te: 'trailers',
			'content-type': 'application/grpc',
			'user-agent': 'n8n-nodes-resilient',
			...headers,
			...metadata,
		};
		try {
			const stream = this.session.request(head, { endStream: false });
			return new GrpcStream(stream, this.signal);
		} catch (error) {
			// Some versions of Node throw where the connection is gone, others tell the stream.
			throw networkFailure(error, true);
		}
	}

	close(): void {
		this.session.destroy();
	}
}

export class GrpcStream {
	private head: IncomingHttpHeaders = {};
	private trailers: IncomingHttpHeaders | undefined;
	private silence: Error | undefined;

	constructor(
		private readonly stream: ClientHttp2Stream,
		private readonly signal: AbortSignal,
	) {
		stream.once('response', (headers: IncomingHttpHeaders) => (this.head = headers));
		stream.once('trailers', (trailers: IncomingHttpHeaders) => (this.trailers = trailers));
		// Until somebody reads, an error would end the process; whoever reads gets it.
		stream.on('error', () => {});
	}

	/** Whether it can still take messages. */
	get open(): boolean {
		return this.stream.writable;
	}

	send(message: Buffer): void {
		const head = Buffer.alloc(FRAME_HEAD);
		head.writeUInt32BE(message.length, 1);
		this.stream.write(Buffer.concat([head, message]));
	}

	/** Nothing more will be sent. */
	end(): void {
		this.stream.end();
	}

	/**
	 * What the server sends, until it ends the call.
	 * @param silentMs how long nothing may come, asked for anew with each message, in ms
	 * @throws Failure with its status where that is not OK, or where the connection breaks
	 */
	async *messages(silentMs: () => number): AsyncGenerator<Buffer, void, undefined> {
		try {
			yield* this.frames(silentMs);
		} catch (error) {
			if (this.signal.aborted) throw reasonOf(this.signal);
			// The connection breaks after the status has come.
			this.throwStatus();
			throw networkFailure(this.silence ?? error, true);
		} finally {
			this.stream.close();
		}
		if (this.signal.aborted) throw reasonOf(this.signal);
		this.throwStatus();
		if (!this.trailers && this.head['grpc-status'] === undefined)
			throw networkFailure(this.silence ?? brokenOff(), true);
	}

	private async *frames(silentMs: () => number): AsyncGenerator<Buffer, void, undefined> {
		const chunks: AsyncIterator<Buffer> = this.stream[Symbol.asyncIterator]();
		let parts: Buffer[] = [];
		let size = 0;
		let needed = FRAME_HEAD;
		for (;;) {
			const chunk = await this.unlessSilent(chunks.next(), silentMs());
			if (chunk.done) return;
			// A page of HTML, say: the status tells.
			if (!isGrpc(this.head)) continue;
			parts.push(chunk.value);
			size += chunk.value.length;
			while (size >= needed) {
				// Only when there is enough: a large message comes in hundreds of parts.
				const whole = Buffer.concat(parts, size);
				parts = [whole];
				const length = whole.readUInt32BE(1);
				if (whole[0] !== 0 || length > LONGEST_MESSAGE) throw notUnderstood();
				needed = FRAME_HEAD + length;
				if (size < needed) break;
				yield whole.subarray(FRAME_HEAD, needed);
				parts = [whole.subarray(needed)];
				size -= needed;
				needed = FRAME_HEAD;
			}
		}
	}

	private async unlessSilent(
		chunk: Promise<IteratorResult<Buffer>>,
		ms: number,
	): Promise<IteratorResult<Buffer>> {
		const cancel = systemClock.timer(ms, () => {
			const error = new Error(`nothing was received for ${ms / 1_000} s`);
			this.silence = Object.assign(error, { code: 'IDLE_TIMEOUT' });
			this.stream.destroy(this.silence);
		});
		return await chunk.finally(cancel);
	}

	private throwStatus(): void {
		const failure = grpcFailure(this.head, this.trailers);
		if (failure) throw failure;
	}
}

const isGrpc = (head: IncomingHttpHeaders) =>
	head['content-type']?.startsWith('application/grpc') ?? false;

const brokenOff = () =>
	Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' });

const notUnderstood = () =>
	Object.assign(new Error('the server sent what is no message'), { code: 'MALFORMED_MESSAGE' });

const noHttp2 = (origin: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		scope: 'host',
		code: 'NO_HTTP2',
		message: `No HTTP/2 on the way to ${origin}`,
		hint: 'A proxy that opens encrypted connections may not know HTTP/2. Let it pass this host, or choose the mechanism "Streaming API".',
	});
