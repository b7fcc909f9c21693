import type {
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import { readInput } from '../../../shared/node/readInput';
import { withoutDuplicates } from '../../../shared/node/seenBefore';
import { Failure, toFailure } from '../../../shared/resilience/failure';
import { recordsById } from '../../transport/changes/binned';
import { shortId } from '../../transport/changes/rows';
import type { SalesforceClient } from '../../transport/client';
import type { Notification, OutboundMessage } from '../../transport/outboundMessage';
import { acknowledgement, outboundMessageIn } from '../../transport/outboundMessage';
import type { Row } from '../../transport/query/records';
import { openWatch } from '../changes/watch';
import { outboundProperties } from './properties';

type Settings = InputOf<typeof outboundProperties>;
type Connect = (signal: AbortSignal) => Promise<{ client: SalesforceClient }>;

// Salesforce waits for 60 seconds, and sends again then.
const PATIENCE_MS = 45_000;

/**
 * Takes an outbound message, and acknowledges it once the run has been started: else Salesforce sends it
 * again, for 24 hours.
 */
export async function receive(
	context: IWebhookFunctions,
	connect: Connect,
): Promise<IWebhookResponseData> {
	try {
		const settings = readInput(context, outboundProperties, 0) as Settings;
		const message = outboundMessageIn(await bodyOf(context));
		checkSender(message, settings);
		const { fresh, keep } = withoutKnown(context, message.notifications);
		const response: Answer = context.getResponseObject();
		response.setHeader('content-type', 'text/xml; charset=utf-8');
		const webhookResponse = acknowledgement();
		if (fresh.length === 0) return { webhookResponse };
		const items = await itemsOf(message, fresh, settings, connect);
		keep();
		return { webhookResponse, workflowData: [items] };
	} catch (error) {
		return refuse(context, toFailure(error));
	}
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
	readRawBody?: () => Promise<void>;
}

async function bodyOf(context: IWebhookFunctions): Promise<string> {
	const request = context.getRequestObject() as Posted;
	// Newer hosts read the body of unusual content types only when they are asked to.
	if (!request.rawBody) await request.readRawBody?.();
	return request.rawBody?.toString() ?? '';
}

function checkSender(
	{ organizationId, actionId }: OutboundMessage,
	{ organizationId: wanted, actionId: action }: Settings,
): void {
	if (shortId(organizationId) !== shortId(wanted.trim()))
		throw denied(
			`A message of the org ${organizationId}, which is not the one of "Organization ID"`,
		);
	if (action.trim() !== '' && shortId(actionId) !== shortId(action.trim()))
		throw denied(`The message ${actionId}, which is not the one of "Action ID"`);
}

function withoutKnown(
	context: IWebhookFunctions,
	notifications: Notification[],
): { fresh: Notification[]; keep: () => void } {
	// In the editor somebody may well send the same again.
	if (context.getMode() === 'manual') return { fresh: notifications, keep: () => {} };
	const name = `${context.getWorkflow().id} ${context.getNode().id}`;
	const memory: IDataObject = context.getWorkflowStaticData('node');
	const { fresh, keep, accepted } = withoutDuplicates(
		notifications,
		({ notificationId }) => notificationId,
		memory,
		name,
	);
	const response: Answer = context.getResponseObject();
	response.once('finish', () => {
		if (response.statusCode < 400) accepted();
	});
	return { fresh, keep };
}

async function itemsOf(
	{ organizationId, actionId }: OutboundMessage,
	notifications: Notification[],
	{ readRecords }: Settings,
	connect: Connect,
): Promise<INodeExecutionData[]> {
	const whole = readRecords ? await wholeRecords(notifications, connect) : new Map<string, Row>();
	return notifications.map(({ notificationId, object, record }) => {
		const found = whole.get(shortId(record.Id ?? '')) ?? record;
		return { json: { organizationId, actionId, notificationId, object, record: { ...found } } };
	});
}

/** By the first 15 characters of their ids; those that are gone by now are missing. */
async function wholeRecords(
	notifications: Notification[],
	connect: Connect,
): Promise<Map<string, Row>> {
	const { client } = await connect(AbortSignal.timeout(PATIENCE_MS));
	const object = notifications[0]?.object ?? '';
	const all = { kinds: [], fields: [], onlyChanged: [], systemChanges: true, overlapMs: 0 };
	const { wanted } = await openWatch(client, { ...all, object, condition: '' });
	const ids = notifications.flatMap(({ record }) => record.Id ?? []);
	return await recordsById(client, wanted, ids);
}

const denied = (message: string) =>
	new Failure({ kind: 'auth', phase: 'rejected', code: 'DENIED', message });

/** What the sender is told: no more than it needs to know whether to send again. */
function refuse(context: IWebhookFunctions, failure: Failure): IWebhookResponseData {
	const answers: Record<string, [number, string]> = {
		MALFORMED: [400, failure.message],
		DENIED: [403, 'Not allowed'],
	};
	const [status, message] = answers[failure.code] ?? [503, 'Not now, send it again'];
	context.logger.warn(`${context.getNode().name} refused a request: ${failure.message}`);
	const response: Answer = context.getResponseObject();
	response.status(status).json({ message });
	return { noWebhookResponse: true };
}
