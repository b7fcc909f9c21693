import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { egressFilterOf } from '../../shared/node/compat';
import type { InputOf } from '../../shared/node/defineOperation';
import { readInput } from '../../shared/node/readInput';
import { withoutDuplicates } from '../../shared/node/seenBefore';
import { systemClock } from '../../shared/ground/clock';
import { Failure, toFailure } from '../../shared/resilience/failure';
import { httpClient } from '../../shared/transport/http';
import type { S3Client } from '../transport/client';
import { confirmSns, isSnsMessage, verifySns } from '../transport/sns';
import { fillContent } from './content';
import { eventProperties } from './eventProperties';
import { keyFilter } from '../transport/keyFilter';
import type { EventRecord } from './records';
import { idOf, recordsOf } from './records';
import { shownSecret } from './secret';

export type EventSettings = InputOf<typeof eventProperties>;

export interface Receiver {
	/** the client for the content of objects */
	connect(signal: AbortSignal): Promise<{ client: S3Client }>;
	/** whether an address is one of SNS; left out but in tests */
	trusted?: (address: string | undefined) => boolean;
}

// Senders give up after 15 to 60 seconds, and send again.
const PATIENCE_MS = 60_000;
const CERTIFICATE_MS = 10_000;

/** Takes what a storage has posted, and answers: 401, 403, 400, or 200 once the run has been started. */
export async function receive(
	context: IWebhookFunctions,
	receiver: Receiver,
): Promise<IWebhookResponseData> {
	try {
		const input = readInput(context, eventProperties, 0) as EventSettings;
		await checkSecret(context, input);
		const posted = await bodyOf(context);
		const body = await opened(context, input, posted, receiver);
		if (body === undefined) return { webhookResponse: { message: 'OK' } };
		const wanted = filterOf(input);
		const records = recordsOf(body, input.options.keyEncoding ?? 'auto').filter(wanted);
		const { fresh, keep } = accept(context, input, records);
		if (fresh.length === 0) return { webhookResponse: { message: 'OK', events: 0 } };
		const items = await itemsOf(context, input, fresh, receiver);
		keep();
		return { workflowData: [items] };
	} catch (error) {
		return refuse(context, toFailure(error));
	}
}

async function checkSecret(context: IWebhookFunctions, input: EventSettings): Promise<void> {
	if (input.authentication !== 'secret') return;
	const { secret } = await context.getCredentials<{ secret: string }>('resilientS3EventsApi');
	const { header = '' } = input.options;
	const query = context.getQueryData() as Record<string, unknown>;
	const shown = shownSecret(secret, context.getHeaderData(), query, header);
	if (shown === 'absent') throw denied(401, 'The request shows no secret');
	if (shown === 'wrong') throw denied(403, 'The request shows another secret');
}

async function bodyOf(context: IWebhookFunctions): Promise<unknown> {
	const request = context.getRequestObject() as Posted;
	// Newer hosts read the body of unusual content types only when they are asked to.
	if (!request.rawBody) await request.readRawBody?.();
	const { rawBody, body } = request;
	return rawBody ? parsed(rawBody.toString()) : body;
}

/** What is used of express. */
interface Answer {
	statusCode: number;
	once(event: 'finish', listener: () => void): unknown;
	setHeader(name: string, value: string): unknown;
	status(code: number): Answer;
	json(body: object): unknown;
}

interface Posted {
	rawBody?: Buffer;
	body?: unknown;
	readRawBody?: () => Promise<void>;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw new Failure({
			kind: 'invalid',
			phase: 'rejected',
			code: 'MALFORMED',
			message: 'The body is not JSON',
		});
	}
}

/** Takes a message of SNS out of its envelope. @returns `undefined` where there is nothing more to do */
async function opened(
	context: IWebhookFunctions,
	{ authentication, topicArn = '' }: EventSettings,
	body: unknown,
	{ trusted }: Receiver,
): Promise<unknown> {
	if (!isSnsMessage(body)) {
		if (authentication === 'sns') throw denied(403, 'This is no message of SNS with a signature');
		return body;
	}
	const expected = topicArn.trim();
	if (authentication === 'sns' && expected === '') throw denied(403, '"Topic ARN" is empty');
	if (expected !== '' && body.TopicArn !== expected)
		throw denied(403, `This message is of the topic ${body.TopicArn}`);
	const http = httpClient({ owner: 'sns', egress: egressFilterOf(context) });
	const signal = AbortSignal.timeout(CERTIFICATE_MS);
	await verifySns(http, body, signal, systemClock.now(), trusted);
	if (body.Type === 'Notification') return parsed(body.Message);
	// Otherwise anybody with a topic could subscribe this webhook to it.
	if (body.Type === 'SubscriptionConfirmation') {
		if (expected === '') throw denied(403, 'Fill in "Topic ARN" to have it confirmed');
		await confirmSns(http, body, signal, trusted);
	}
	return undefined;
}

function filterOf({ events, options }: EventSettings): (record: EventRecord) => boolean {
	const { prefix = '', suffix = '' } = options;
	const chosen = keyFilter(options);
	return ({ event, key }) =>
		events.includes(event) && key.startsWith(prefix) && key.endsWith(suffix) && chosen(key);
}

function accept(
	context: IWebhookFunctions,
	{ options }: EventSettings,
	records: EventRecord[],
): { fresh: EventRecord[]; keep: () => void } {
	if (options.suppressDuplicates === false || context.getMode() === 'manual')
		return { fresh: records, keep: () => {} };
	const name = `${context.getWorkflow().id} ${context.getNode().id}`;
	const memory = context.getWorkflowStaticData('node');
	const { fresh, keep, accepted } = withoutDuplicates(records, idOf, memory, name);
	const response: Answer = context.getResponseObject();
	response.once('finish', () => {
		if (response.statusCode < 400) accepted();
	});
	return { fresh, keep };
}

async function itemsOf(
	context: IWebhookFunctions,
	{ download, binaryPropertyName = 'data' }: EventSettings,
	records: EventRecord[],
	{ connect }: Receiver,
): Promise<INodeExecutionData[]> {
	const items = records.map((record): INodeExecutionData => ({
		json: { ...record },
	}));
	if (!download) return items;
	const { client } = await connect(AbortSignal.timeout(PATIENCE_MS));
	const objects = records.flatMap(({ event, bucket, key, versionId }, n) => {
		const item = items[n];
		return item && event !== 'deleted' ? [{ bucket, key, versionId, item }] : [];
	});
	await fillContent(context.helpers, client, binaryPropertyName, objects);
	return items;
}

const denied = (status: 401 | 403, message: string) =>
	new Failure({ kind: 'auth', phase: 'rejected', code: 'DENIED', status, message });

/** What the sender is told: no more than it needs to know whether to send again. */
function refuse(context: IWebhookFunctions, failure: Failure): IWebhookResponseData {
	const { code, status } = failure;
	const statuses: Record<string, number> = { MALFORMED: 400, DENIED: status ?? 403, FORGED: 403 };
	const answer = statuses[code] ?? 503;
	context.logger.warn(`${context.getNode().name} refused a request: ${failure.message}`);
	const response: Answer = context.getResponseObject();
	// SNS shows the password of an address only when it is asked in this way.
	if (answer === 401) response.setHeader('www-authenticate', 'Basic realm="n8n"');
	const messages: Record<number, string> = {
		400: failure.message,
		401: 'Show the secret',
		403: 'Not allowed',
	};
	response.status(answer).json({ message: messages[answer] ?? 'Not now, send it again' });
	return { noWebhookResponse: true };
}
