import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sendAnswer, type Answer, type Spoil } from './answer.ts';
import { corsHeaders } from './cors.ts';
import { errorElement, S3Error, usualMessage, type ErrorContext } from './errors.ts';
import { usualCode, type Fault, type FaultPlan } from './faults.ts';
import { carryOut, errorAnswer, newIds, type Service } from './pipeline.ts';
import { parseRequest, type S3Request } from './request.ts';
import { findRoute, type Route } from './routes.ts';
import type { RecordedRequest } from './server.ts';
import { xmlDocument } from './xml.ts';

/** One request and its answer, with the faults planned for it. */
export class Exchange {
	readonly record: RecordedRequest;
	private request?: S3Request;
	private route?: Route;
	private refusal?: unknown;
	private endBody: () => void = () => {};
	private readonly ids = newIds();
	private readonly service: Service;
	private readonly faults: FaultPlan;
	private readonly message: IncomingMessage;
	private readonly response: ServerResponse;
	private readonly continues: boolean;

	/** @param continues whether the client waits for "100 Continue" before it sends the body */
	constructor(
		service: Service,
		faults: FaultPlan,
		message: IncomingMessage,
		response: ServerResponse,
		continues: boolean,
	) {
		this.service = service;
		this.faults = faults;
		this.message = message;
		this.response = response;
		this.continues = continues;
		try {
			this.request = parseRequest(message);
			this.route = findRoute(this.request);
		} catch (error) {
			this.refusal = error;
		}
		this.record = {
			at: service.now(),
			method: message.method ?? '',
			target: message.url ?? '',
			headers: Object.fromEntries(this.request?.headers ?? []),
			query: Object.fromEntries(this.request?.query ?? []),
			bucket: this.request?.bucket,
			key: this.request?.key,
			operation: this.route?.operation,
		};
	}

	/** The rest of the body will not come. Returns whether there will still be an answer. */
	endBodyEarly(): boolean {
		if (this.response.headersSent) return false;
		this.response.setHeader('connection', 'close');
		this.endBody();
		return true;
	}

	async run(): Promise<void> {
		const { response, message } = this;
		response.on('error', () => {});
		message.on('error', () => {});
		response.sendDate = false;
		response.setHeader('date', new Date(this.service.now()).toUTCString());
		response.setHeader('server', 'AmazonS3');
		response.setHeader('x-amz-request-id', this.ids.requestId);
		response.setHeader('x-amz-id-2', this.ids.hostId);
		const fault = this.faults.take(this.record);
		this.record.fault = fault?.kind;
		if (fault?.kind === 'hang') {
			message.resume();
		} else if (fault?.kind === 'resetBefore') {
			message.socket.resetAndDestroy();
		} else {
			const answer = this.plannedAnswer(fault) ?? (await this.usualAnswer(fault));
			if (fault?.kind === 'resetAfter') message.socket.resetAndDestroy();
			else await this.send(answer, spoilBy(fault));
		}
	}

	private get context(): ErrorContext {
		const { bucket, key } = this.request ?? {};
		return { resource: `/${[bucket, key].filter(Boolean).join('/')}`, ...this.ids };
	}

	/** The answer that a fault puts in the place of the usual one. */
	private plannedAnswer(fault: Fault | undefined): Answer | undefined {
		if (fault?.kind === 'errorInside200') {
			const code = fault.code ?? 'InternalError';
			const error = { code, message: fault.message ?? usualMessage(code), elements: {} };
			this.record.code = code;
			// No declaration: it could not stand behind the white space.
			return { status: 200, body: errorElement(error, this.context).xml };
		}
		if (fault?.kind !== 'status' && fault?.kind !== 'emptyMessage') return undefined;
		const code = fault.code ?? usualCode(fault.status);
		const message = fault.kind === 'emptyMessage' ? '' : (fault.message ?? usualMessage(code));
		this.record.code = code;
		return {
			status: fault.status,
			headers: fault.kind === 'status' ? fault.headers : {},
			body: xmlDocument(errorElement({ code, message, elements: {} }, this.context)),
		};
	}

	private async usualAnswer(fault: Fault | undefined): Promise<Answer> {
		let waited = fault?.kind !== 'delay';
		const wait = async () => {
			if (!waited && fault?.kind === 'delay') await delay(fault.ms);
			waited = true;
		};
		try {
			if (!this.request) throw this.refusal ?? new S3Error('InternalError');
			return await carryOut(this.service, this.message, this.request, this.route, this.ids, {
				beginBody: (endEarly) => {
					this.endBody = endEarly;
					if (this.continues) this.response.writeContinue();
				},
				beforeEffect: wait,
			});
		} catch (error) {
			await wait();
			const answer = errorAnswer(error, this.context);
			this.record.code = answer.code;
			return answer;
		}
	}

	/** The answer with what a script of another origin needs to be shown it. */
	private forScripts(answer: Answer): Answer {
		const { request } = this;
		if (!request || request.method === 'OPTIONS') return answer;
		const bucket = this.service.store.buckets.get(request.bucket ?? '');
		return { ...answer, headers: { ...answer.headers, ...corsHeaders(bucket, request) } };
	}

	private async send(usual: Answer, spoil: Spoil): Promise<void> {
		const answer = this.forScripts(usual);
		this.record.status = answer.status;
		// A client that still waits for "100 Continue" never sends its body: the connection is spent.
		if (this.continues && !this.message.complete) this.response.setHeader('connection', 'close');
		await sendAnswer(this.response, answer, this.message.method === 'HEAD', spoil);
		this.message.resume();
	}
}

function spoilBy(fault: Fault | undefined): Spoil {
	if (fault?.kind === 'drip' || fault?.kind === 'truncate' || fault?.kind === 'corrupt')
		return fault;
	return fault?.kind === 'errorInside200' ? { kind: 'keepAliveFirst' } : undefined;
}
