import { systemClock } from '../../../../nodes/shared/ground/clock';
import { redactor } from '../../../../nodes/shared/ground/redact';
import { Failure } from '../../../../nodes/shared/resilience/failure';
import type { Body } from '../../../../nodes/shared/transport/body';
import type {
	JsonAnswer,
	SalesforceClient,
	SalesforceRequest,
} from '../../../../nodes/Salesforce/transport/client';

export interface Reply {
	status?: number;
	headers?: Record<string, string>;
	json?: unknown;
	/** instead of `json` */
	text?: string;
}

/** An org that answers what a test says, and remembers what it was asked. */
export function scriptedOrg(reply: (request: SalesforceRequest) => Reply | Promise<Reply>) {
	const requests: SalesforceRequest[] = [];
	const controller = new AbortController();
	const answered = async (request: SalesforceRequest) => {
		const signal = request.signal ?? controller.signal;
		if (signal.aborted) throw signal.reason;
		requests.push(request);
		const answer = { status: 200, headers: {}, ...(await reply(request)) };
		if (answer.status >= 400) throw refusal(answer.status, answer.json);
		return answer;
	};
	const client: SalesforceClient = {
		clock: systemClock,
		signal: controller.signal,
		redact: redactor([]),
		scope: 'test',
		maxAttempts: 5,
		apiUse: undefined,
		version: async () => '68.0',
		session: async () => {
			throw new Error('nobody asks for it');
		},
		async call(request, read) {
			const { status, headers, json, text } = await answered(request);
			const answer: JsonAnswer = { status, headers, json: json ?? text };
			// As on the wire: nobody shares objects with the script.
			return await read(structuredClone(answer), { attempt: 1, lost: false });
		},
		async receive(request, read) {
			const { status, headers, text = '' } = await answered(request);
			return await read({ status, headers, body: bodyOf(text) }, { attempt: 1, lost: false });
		},
	};
	return { client, requests, stop: () => controller.abort(new Error('stopped')) };
}

function bodyOf(text: string): Body {
	const bytes = Buffer.from(text);
	return {
		async *[Symbol.asyncIterator]() {
			// Chunks end anywhere.
			for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
		},
		destroy: () => {},
		each: async (take) => void take(bytes),
		collect: async () => bytes,
	};
}

function refusal(status: number, json: unknown): Failure {
	const [first] = json as Array<{ errorCode: string; message: string }>;
	return new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: first?.errorCode ?? '',
		message: first?.message ?? '',
		status,
	});
}

/** The SOQL of a request. */
export const soqlOf = ({ path }: SalesforceRequest): string =>
	new URL(path, 'http://org').searchParams.get('q') ?? '';
