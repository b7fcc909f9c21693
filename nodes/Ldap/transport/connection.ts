import type { Socket } from 'node:net';
import { reasonOf, systemClock } from '../../shared/ground/clock';
import type { Failure } from '../../shared/resilience/failure';
import { toFailure } from '../../shared/resilience/failure';
import type { TlsOptions } from '../../shared/transport/agents';
import type { EgressFilter } from '../../shared/transport/egress';
import { networkFailure } from '../../shared/transport/networkFailure';
import { earlyBytes, openSocket, secureSocket } from '../../shared/transport/socket';
import { AnswerStream } from './answerStream';
import { BerError } from './ber';
import type { Contact } from './client';
import { contactThrough } from './contact';
import {
	badFrame,
	closedByServer,
	isRefusal,
	noticeOfDisconnection,
	notSent,
	resultFailure,
	silent,
} from './failure';
import { Frames } from './frames';
import type { Answer, Result } from './message';
import { Response, decodeMessage, encodeMessage, responseTo } from './message';
import { abandon, extendedRequest, unbind } from './requests';
import type { Control } from './search';
import type { Encryption, Server } from './servers';
import { explainTls } from './tls';

export interface ConnectOptions {
	/** TLS from the first byte, TLS by RFC 4511 section 4.14 before anything else is sent, or none */
	encryption: Encryption;
	tls: TlsOptions;
	/** for the connection with TLS; as long again for STARTTLS, in ms */
	connectMs: number;
	egress?: EgressFilter;
	signal: AbortSignal;
}

export interface RequestOptions {
	controls?: Control[];
	/** gives it up: the server is told to abandon it */
	signal?: AbortSignal;
}

/** What signing in needs of a connection. */
export interface Session {
	readonly server: Server;
	/** nobody on the way can read what is sent */
	readonly encrypted: boolean;
	/** Any result of the server is a result, whatever its code. Rejects when none comes. */
	request(operation: Buffer, options?: RequestOptions): Promise<Result>;
}

/** Signs in on a fresh connection, or rejects with a Failure. */
export type SignIn = (session: Session, signal: AbortSignal) => Promise<void>;

/** Who waits for the answers to a request. */
export interface Receiver {
	/** @param bytes that it took on the wire */
	receive(answer: Answer, bytes: number): void;
	fail(failure: Failure): void;
}

// An entry may hold a large group or a few photos; this is to keep a broken server from filling
// the memory.
const LARGEST_MESSAGE = 256 * 1024 * 1024;
const LARGEST_ID = 2 ** 31 - 1;
const START_TLS = '1.3.6.1.4.1.1466.20037';

/**
 * One connection to one server. It never becomes another one: when it breaks it is closed for good,
 * and everything that waited on it fails. With STARTTLS it exists only once TLS stands.
 */
export class Connection implements Session {
	private readonly waiting = new Map<number, { receiver: Receiver; response: number }>();
	private readonly frames = new Frames(LARGEST_MESSAGE);
	private lastId = 0;
	private upgrading = false;
	private closedFor: Failure | undefined;
	/** told once, when it is closed */
	onClosed: () => void = () => {};
	/** when the last byte came (ms since 1970) */
	heardAt = Date.now();

	private constructor(
		readonly server: Server,
		private socket: Socket,
		private secured: boolean,
	) {
		this.attach(socket);
	}

	/** Rejects with a Failure in phase `notSent`. */
	static async open(server: Server, options: ConnectOptions): Promise<Connection> {
		const { encryption, tls, ...rest } = options;
		// What is sent to a socket of this machine is seen by nobody else.
		const local = 'path' in server;
		const direct = encryption === 'ldaps' && !local;
		try {
			const socket = await openSocket({ ...rest, ...server, ...(direct && { tls }) });
			const connection = new Connection(server, socket, direct || local);
			if (encryption === 'startTls' && !local) await connection.startTls(server.host, options);
			return connection;
		} catch (error) {
			const failure = networkFailure(error, false).inPhase('notSent');
			throw encryption === 'none' ? failure : explainTls(failure);
		}
	}

	get contact(): Contact {
		return contactThrough(this.socket, this.server);
	}

	get encrypted(): boolean {
		return this.secured;
	}

	get closed(): boolean {
		return this.closedFor !== undefined;
	}

	/** Why it was closed. */
	get failure(): Failure | undefined {
		return this.closedFor;
	}

	/** Message IDs are used once (RFC 4511 section 4.1.1.1). */
	get spent(): boolean {
		return this.lastId >= LARGEST_ID - 1_000_000;
	}

	/** requests whose result has not come */
	get load(): number {
		return this.waiting.size;
	}

	async request(operation: Buffer, { controls, signal }: RequestOptions = {}): Promise<Result> {
		return await new Promise((resolve, reject) => {
			if (signal?.aborted) return reject(reasonOf(signal));
			const done = () => signal?.removeEventListener('abort', stop);
			const id = this.send(operation, controls, {
				receive: (answer) => {
					if (answer.type !== 'result') return;
					done();
					resolve(answer);
				},
				fail: (failure) => {
					done();
					reject(failure);
				},
			});
			const stop = () => {
				this.abandon(id);
				if (signal) reject(reasonOf(signal));
			};
			if (id > 0) signal?.addEventListener('abort', stop, { once: true });
		});
	}

	/** The answers to a search as they come. */
	search(operation: Buffer, controls: Control[] = []): AnswerStream {
		const stream = new AnswerStream(this);
		stream.id = this.send(operation, controls, stream);
		return stream;
	}

	/** Gives a request up: its answers are not waited for any more (RFC 4511 section 4.11). */
	abandon(id: number): void {
		if (!this.waiting.delete(id) || this.closed) return;
		this.resume();
		this.socket.write(encodeMessage(++this.lastId, abandon(id), []));
	}

	/** The server is made to wait, if nobody else waits on this connection. */
	pause(): void {
		if (this.waiting.size === 1) this.socket.pause();
	}

	resume(): void {
		if (!this.closed && this.socket.isPaused()) this.socket.resume();
	}

	/** Whether somebody uses it: an idle one keeps no process alive, and closes after a while. */
	hold(held: boolean): void {
		if (held) this.socket.ref();
		else this.socket.unref();
		this.socket.setTimeout(held ? 0 : IDLE_MS);
	}

	/** Says good-bye and closes. */
	end(): void {
		if (this.closed) return;
		this.socket.end(encodeMessage(++this.lastId, unbind(), []));
		this.close(closedByServer(this.server));
	}

	/** Closes for good; everything that waits fails with this failure. */
	close(failure: Failure): void {
		if (this.closedFor) return;
		this.closedFor = failure;
		// It may have been paused; an unread byte would keep an ended socket open.
		this.socket.resume();
		if (!this.socket.writableEnded) this.socket.destroy();
		else this.socket.setTimeout(LINGER_MS);
		const receivers = [...this.waiting.values()];
		this.waiting.clear();
		for (const { receiver } of receivers) receiver.fail(failure);
		this.onClosed();
	}

	/** @returns its message ID; 0: it was not sent, and the receiver knows why */
	private send(operation: Buffer, controls: Control[] = [], receiver: Receiver): number {
		if (this.failure) {
			receiver.fail(notSent(this.failure));
			return 0;
		}
		const id = ++this.lastId;
		this.waiting.set(id, { receiver, response: responseTo(operation) });
		// Somebody may have paused it while he was alone.
		this.resume();
		this.socket.write(encodeMessage(id, operation, controls));
		return id;
	}

	private async startTls(host: string, options: ConnectOptions): Promise<void> {
		const { tls, connectMs, signal } = options;
		const asked = new Promise<Result>((resolve, reject) => {
			this.send(extendedRequest(START_TLS), [], {
				receive: (answer) => {
					if (answer.type !== 'result') return;
					// At once: the next byte is one of TLS.
					this.upgrading = answer.code === 0;
					resolve(answer);
				},
				fail: reject,
			});
		});
		const result = await this.within(connectMs, signal, asked);
		if (result.code !== 0) this.close(resultFailure(result, { doing: 'STARTTLS' }));
		if (this.failure) throw this.failure;
		this.socket = await secureSocket(this.socket, tls, { host, connectMs, signal });
		this.secured = true;
		this.upgrading = false;
		this.attach(this.socket);
	}

	/** Closes the connection when the work takes too long or is cancelled, which makes the work fail. */
	async within<T>(ms: number, signal: AbortSignal, work: Promise<T>): Promise<T> {
		const stop = () => this.close(toFailure(reasonOf(signal)));
		const stopTimer = systemClock.timer(ms, () => this.close(silent(ms, this.server)));
		if (signal.aborted) stop();
		signal.addEventListener('abort', stop, { once: true });
		try {
			return await work;
		} finally {
			stopTimer();
			signal.removeEventListener('abort', stop);
		}
	}

	private attach(socket: Socket): void {
		socket.on('data', (chunk) => this.received(chunk));
		socket.on('error', (error) => this.close(networkFailure(error, true)));
		socket.on('timeout', () => {
			if (this.closed) socket.destroy();
			else this.end();
		});
		socket.on('close', () => {
			if (socket === this.socket) this.close(closedByServer(this.server));
		});
	}

	private received(chunk: Buffer): void {
		if (this.closed) return;
		this.heardAt = Date.now();
		try {
			const left = this.frames.push(chunk, (message) => this.dispatch(message));
			if (!this.upgrading) return;
			// What comes next belongs to TLS, and nobody here may read it.
			this.socket.removeAllListeners('data').pause();
			if (left > 0) this.close(earlyBytes());
		} catch (error) {
			if (!(error instanceof BerError)) throw error;
			this.close(badFrame(error, this.server));
		}
	}

	/** @returns whether what follows is for this side of TLS, and to be read at all */
	private dispatch(message: Buffer): boolean {
		const { id, answer } = decodeMessage(message);
		if (id === 0) {
			this.unsolicited(answer);
			return !this.closed;
		}
		if (id > this.lastId) throw new BerError(`an answer to the request ${id}, which was not sent`);
		// Answers to what was abandoned still come.
		const asked = this.waiting.get(id);
		if (answer.type === 'result') {
			// Small servers refuse what they do not have with the result of something else (LLDAP, GLAuth).
			if (asked && asked.response !== answer.tag && !isRefusal(answer))
				throw new BerError(`an answer of the kind 0x${answer.tag.toString(16)} to another request`);
			this.waiting.delete(id);
		}
		asked?.receiver.receive(answer, message.length);
		return !this.upgrading && !this.closed;
	}

	/** RFC 4511 section 4.4: other notices than that of a disconnection are to be ignored. */
	private unsolicited(answer: Answer): void {
		if (answer.type === 'result' && answer.tag === Response.extended) {
			const failure = noticeOfDisconnection(answer, this.server, this.waiting.size === 1);
			if (failure) this.close(failure);
		}
	}
}

// Shorter than what servers and firewalls allow (Active Directory: 15 minutes; clouds: 4).
const IDLE_MS = 60_000;
const LINGER_MS = 2_000;
