import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { done, noticeOfDisconnection, resultAnswer } from './answers.ts';
import { octets, ProtocolError, readSequence } from './ber.ts';
import type { Context, Outcome, Service, Session } from './context.ts';
import { Oid, understoodControls } from './controls.ts';
import type { Entry } from './entry.ts';
import type { Fault, FaultPlan } from './faults.ts';
import { Framing } from './framing.ts';
import { message, readMessage, type Control, type Message, type Operation } from './message.ts';
import { add } from './operations/add.ts';
import { bind } from './operations/bind.ts';
import { compare } from './operations/compare.ts';
import { remove } from './operations/delete.ts';
import { extended } from './operations/extended.ts';
import { modify } from './operations/modify.ts';
import { modifyDn } from './operations/modifyDn.ts';
import { Cursors } from './operations/paging.ts';
import { search } from './operations/search.ts';
import { anonymous } from './personality.ts';
import { recordOf, type RecordedRequest } from './record.ts';
import { Refusal, ResultCode } from './refusal.ts';

export interface ConnectionOptions {
	id: number;
	service: Service;
	faults: FaultPlan;
	secureContext: SecureContext;
	encrypted: boolean;
	/** the TCP socket below: TLS itself knows no reset */
	wire: Socket;
	/** a request arrived */
	log(record: RecordedRequest): void;
}

/** One client: its requests are taken in order, and answered as they end. */
export class Connection {
	private readonly options: ConnectionOptions;
	private readonly session: Session;
	private readonly cursors = new Cursors<Entry>();
	private readonly running = new Map<number, AbortController>();
	private framing = new Framing();
	private socket: Socket;

	constructor(socket: Socket, options: ConnectionOptions) {
		this.options = options;
		this.session = { actor: anonymous, encrypted: options.encrypted };
		this.socket = socket;
		this.listen();
	}

	/** Ends the connection with a word to the client (RFC 4511 section 4.4.1). */
	notice(code: number, text: string): void {
		this.socket.end(message(0, noticeOfDisconnection(code, text)));
	}

	/** Ends the connection without one. */
	reset(): void {
		this.options.wire.resetAndDestroy();
		this.socket.destroy();
	}

	private listen(): void {
		const { socket } = this;
		socket.on('data', (chunk: Buffer) => this.receive(chunk));
		socket.on('error', () => socket.destroy());
		socket.once('close', () => {
			if (socket !== this.socket) return;
			for (const controller of this.running.values()) controller.abort();
		});
	}

	private receive(chunk: Buffer): void {
		try {
			for (const frame of this.framing.push(chunk)) void this.take(readMessage(frame));
		} catch (error) {
			this.fail(error);
		}
	}

	private fail(error: unknown): void {
		const text = error instanceof ProtocolError ? error.message : `internal error: ${error}`;
		const code = error instanceof ProtocolError ? ResultCode.protocolError : ResultCode.other;
		this.notice(code, text);
	}

	private async take(request: Message): Promise<void> {
		const { operation } = request;
		const controller = new AbortController();
		try {
			if (operation.type === 'unbind') return void this.socket.end();
			const record = recordOf(request, this.options.id, this.session);
			this.options.log(record);
			if (operation.type === 'abandon') return this.running.get(operation.target)?.abort();
			const fault = this.options.faults.take(record);
			record.fault = fault?.kind;
			this.running.set(request.id, controller);
			if (await this.spoilBefore(request, fault, record)) return;
			const outcome = await this.outcome(request, fault, controller.signal);
			if (controller.signal.aborted) return;
			record.code = outcome.result.code;
			await this.answer(request, outcome, fault);
		} catch (error) {
			this.fail(error);
		} finally {
			if (this.running.get(request.id) === controller) this.running.delete(request.id);
		}
	}

	/** @returns whether the request ends here */
	private async spoilBefore(
		request: Message,
		fault: Fault | undefined,
		record: RecordedRequest,
	): Promise<boolean> {
		if (fault?.kind === 'delay') await sleep(fault.ms);
		if (fault?.kind === 'dropBefore') this.reset();
		if (fault?.kind === 'notice') {
			this.notice(fault.code ?? ResultCode.unavailable, fault.message ?? 'shutting down');
		}
		if (fault?.kind === 'result' && fault.entries === undefined) {
			record.code = fault.code;
			const result = { ...done(fault.code), message: fault.message ?? '' };
			await this.answer(request, { result }, undefined);
		}
		const ends = fault?.kind === 'result' && fault.entries === undefined;
		return ends || ['dropBefore', 'notice', 'hang'].includes(fault?.kind ?? '');
	}

	private async outcome(
		{ id, operation, controls }: Message,
		fault: Fault | undefined,
		signal: AbortSignal,
	): Promise<Outcome> {
		const { service } = this.options;
		let sent = 0;
		const send = async (answer: Buffer, own?: Control[]) => {
			if (fault?.kind === 'slow') await sleep(fault.ms);
			const enough = fault && 'entries' in fault && sent++ === fault.entries;
			if (enough && fault.kind === 'result') throw new Refusal(fault.code, fault.message);
			if (enough) this.reset();
			await this.write(message(id, answer, own));
		};
		try {
			this.checkEncryption(operation);
			const known = understoodControls(controls, operation.type, service.personality);
			const context: Context = { service, session: this.session, controls: known, signal, send };
			if (operation.type === 'search') return await search(operation, context, this.cursors);
			if (operation.type === 'bind') return bind(operation, context);
			if (operation.type === 'add') return add(operation, context);
			if (operation.type === 'modify') return modify(operation, context);
			if (operation.type === 'delete') return remove(operation, context);
			if (operation.type === 'modifyDn') return modifyDn(operation, context);
			if (operation.type === 'compare') return compare(operation, context);
			if (operation.type !== 'extended') return { result: done() };
			if (operation.oid === Oid.startTls) return this.checkStartTls();
			if (operation.oid === Oid.cancel) return this.cancel(operation.value);
			return extended(operation, context);
		} catch (error) {
			if (error instanceof Refusal) return { result: error };
			throw error;
		}
	}

	/** @throws {Refusal} for what the server wants to have encrypted */
	private checkEncryption(operation: Operation): void {
		const { requiresEncryption, personality } = this.options.service;
		if (!requiresEncryption || this.session.encrypted) return;
		const harmless =
			(operation.type === 'extended' && operation.oid === Oid.startTls) ||
			(operation.type === 'search' && operation.base === '' && operation.scope === 'base');
		if (!harmless) throw personality.words.mustBeEncrypted();
	}

	private async answer(
		{ id, operation }: Message,
		{ result, tail, controls }: Outcome,
		fault: Fault | undefined,
	): Promise<void> {
		const body = resultAnswer(operation.type, result, tail);
		if (!body || fault?.kind === 'swallow') return;
		const bytes = message(id, body, controls);
		if (fault?.kind === 'dropAfter') return this.reset();
		if (fault?.kind === 'half') {
			return void this.socket.end(bytes.subarray(0, bytes.length >> 1));
		}
		if (fault?.kind === 'garbage')
			return this.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
		await this.write(bytes);
		const startsTls = operation.type === 'extended' && operation.oid === Oid.startTls;
		if (startsTls && result.code === ResultCode.success) this.startTls();
	}

	/** Waits while the client does not read. */
	private async write(bytes: Buffer): Promise<void> {
		const { socket } = this;
		if (socket.destroyed || socket.writableEnded || socket.write(bytes)) return;
		await new Promise<void>((resolve) => {
			const go = () => {
				socket.off('drain', go).off('close', go);
				resolve();
			};
			socket.once('drain', go).once('close', go);
		});
	}

	/** RFC 4511 section 4.14: nothing else may be on its way. @throws {Refusal} */
	private checkStartTls(): Outcome {
		if (this.session.encrypted) throw new Refusal('operationsError', 'TLS already started');
		if (this.running.size > 1 || this.framing.pending > 0) {
			throw new Refusal('operationsError', 'other requests are on their way');
		}
		return { result: done(), tail: [octets(Oid.startTls, 0x8a)] };
	}

	private startTls(): void {
		const plain = this.socket;
		plain.removeAllListeners('data');
		this.framing = new Framing();
		this.session.encrypted = true;
		this.socket = new TLSSocket(plain, {
			isServer: true,
			secureContext: this.options.secureContext,
		});
		this.listen();
	}

	/** RFC 3909. @throws {Refusal} */
	private cancel(value: Buffer | undefined): Outcome {
		if (!value) throw new ProtocolError('cancel request');
		const target = readSequence(value).integer();
		const running = this.running.get(target);
		if (!running) throw new Refusal('noSuchOperation');
		running.abort();
		const body = resultAnswer('search', done(ResultCode.canceled));
		if (body) void this.write(message(target, body));
		return { result: done() };
	}
}
