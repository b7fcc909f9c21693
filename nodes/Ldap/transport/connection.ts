import type { Socket } from 'node:net';
import { reasonOf, systemClock } from '../../shared/ground/clock';
import type { Failure } from '../../shared/resilience/failure';
import { toFailure } from '../../shared/resilience/failure';
import { networkFailure } from '../../shared/transport/networkFailure';
import { earlyBytes, openSocket, secureSocket } from '../../shared/transport/socket';
import { AnswerStream } from './answerStream';
import { BerError } from './ber';
import type { Contact } from './client';
import { contactThrough } from './contact';
import {
	badFrame,
	closedByServer,
	noticeOfDisconnection,
	notSent,
	resultFailure,
	silent,
} from './failure';
import { Frames } from './frames';
import type { Receiver } from './inFlight';
import { InFlight } from './inFlight';
import type { Answer, Result } from './message';
import { Response, decodeMessage, encodeMessage } from './message';
import { abandon, extendedRequest, unbind } from './requests';
import type { Control } from './search';
import type { Server } from './servers';
import type { ConnectOptions, RequestOptions, Session } from './session';
import { explainTls } from './tls';

// An entry may hold a large group or a few photos; this is to keep a broken server from filling
// the memory.
const LARGEST_MESSAGE = 256 * 1024 * 1024;
const START_TLS = '1.3.6.1.4.1.1466.20037';

/**
 * One connection to one server. It never becomes another one: when it breaks it is closed for good,
 * and everything that waited on it fails. With STARTTLS it exists only once TLS stands.
 */
export class Connection implements Session {
	private readonly inFlight = new InFlight();
	private readonly frames = new Frames(LARGEST_MESSAGE);
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

	/** It has no message IDs left (RFC 4511 section 4.1.1.1). */
	get spent(): boolean {
		return this.inFlight.spent;
	}

	/** requests whose result has not come */
	get load(): number {
		return this.inFlight.size;
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
		if (!this.inFlight.remove(id) || this.closed) return;
		this.resume();
		this.socket.write(encodeMessage(this.inFlight.nextId(), abandon(id), []));
	}

	/** The server is made to wait, if nobody else waits on this connection. */
	pause(): void {
		if (this.load === 1) this.socket.pause();
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
		this.socket.end(encodeMessage(this.inFlight.nextId(), unbind(), []));
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
		this.inFlight.fail(failure);
		this.onClosed();
	}

	/** @returns its message ID; 0: it was not sent, and the receiver knows why */
	private send(operation: Buffer, controls: Control[] = [], receiver: Receiver): number {
		if (this.failure) {
			receiver.fail(notSent(this.failure));
			return 0;
		}
		const id = this.inFlight.add(operation, receiver);
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
		this.inFlight.answer(id, answer, message.length);
		return !this.upgrading && !this.closed;
	}

	/** RFC 4511 section 4.4: other notices than that of a disconnection are to be ignored. */
	private unsolicited(answer: Answer): void {
		if (answer.type === 'result' && answer.tag === Response.extended) {
			const failure = noticeOfDisconnection(answer, this.server, this.load === 1);
			if (failure) this.close(failure);
		}
	}
}

// Shorter than what servers and firewalls allow (Active Directory: 15 minutes; clouds: 4).
const IDLE_MS = 60_000;
const LINGER_MS = 2_000;
