import type { IHookFunctions } from 'n8n-workflow';
import { fingerprint } from '../../shared/ground/fingerprint';
import { redactor } from '../../shared/ground/redact';
import { nodeError } from '../../shared/node/nodeError';
import { readInput } from '../../shared/node/readInput';
import { Failure, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from '../transport/client';
import {
	addNotification,
	createCephTopic,
	deleteCephTopic,
	hasNotification,
	removeNotification,
} from '../transport/notification';
import { eventProperties } from './eventProperties';
import type { EventSettings } from './receive';

type Connect = (
	signal: AbortSignal,
) => Promise<{ client: S3Client; secrets: Array<string | undefined> }>;

const PATIENCE_MS = 60_000;

const EVENTS: Partial<Record<EventSettings['events'][number], string>> = {
	created: 's3:ObjectCreated:*',
	deleted: 's3:ObjectRemoved:*',
	restored: 's3:ObjectRestore:*',
	tagged: 's3:ObjectTagging:*',
};

/** The notification of the bucket that this trigger is told by. */
interface Registration {
	s3: S3Client;
	bucket: string;
	/** of the entry and of the topic; test and production webhooks have different ones */
	id: string;
	url: string;
	input: EventSettings;
}

/** Whether everything is there; also where there is nothing to register. */
export const isRegistered = async (context: IHookFunctions, connect: Connect): Promise<boolean> =>
	await withRegistration(context, connect, async ({ s3, bucket, id }) => {
		return await hasNotification(s3, bucket, id);
	});

export const register = async (context: IHookFunctions, connect: Connect): Promise<boolean> =>
	await withRegistration(context, connect, async ({ s3, bucket, id, url, input }) => {
		const { prefix = '', suffix = '' } = input.options;
		const events = input.events.flatMap((event) => EVENTS[event] ?? []);
		if (events.length === 0) throw nothingToRegister();
		const arn =
			input.target === 'ceph'
				? await createCephTopic(s3, id, await addressOf(context, input, url))
				: (input.targetArn ?? '');
		await addNotification(s3, bucket, { id, arn, events, prefix, suffix });
		return true;
	});

export const unregister = async (context: IHookFunctions, connect: Connect): Promise<boolean> =>
	await withRegistration(context, connect, async ({ s3, bucket, id, input }) => {
		const topic = await removeNotification(s3, bucket, id);
		if (topic && input.target === 'ceph') await deleteCephTopic(s3, topic);
		return true;
	});

async function withRegistration(
	context: IHookFunctions,
	connect: Connect,
	work: (registration: Registration) => Promise<boolean>,
): Promise<boolean> {
	let redact = redactor([]);
	try {
		const input = readInput(context, eventProperties, 0) as EventSettings;
		if (!input.register) return true;
		const url = context.getNodeWebhookUrl('default');
		if (!url) throw new Error('n8n knows no address of this webhook');
		const { client, secrets } = await connect(AbortSignal.timeout(PATIENCE_MS));
		redact = redactor([...secrets, ...(await secretOf(context, input))]);
		const id = `n8n-${fingerprint([context.getWorkflow().id, context.getNode().id, url]).slice(0, 24)}`;
		return await work({ s3: client, bucket: input.bucket ?? '', id, url, input });
	} catch (error) {
		throw nodeError(context.getNode(), toFailure(error), undefined, '', redact);
	}
}

/** The webhook, with the secret where Ceph can show it. */
async function addressOf(context: IHookFunctions, input: EventSettings, url: string) {
	const [secret] = await secretOf(context, input);
	return secret === undefined ? url : `${url}?token=${encodeURIComponent(secret)}`;
}

async function secretOf(context: IHookFunctions, { authentication }: EventSettings) {
	if (authentication !== 'secret') return [];
	const { secret } = await context.getCredentials<{ secret: string }>('resilientS3EventsApi');
	return [secret];
}

const nothingToRegister = () =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_PARAMETER',
		message: 'No storage can be told to post only "Other" events',
		hint: 'Choose others under "Events", or switch "Register at Bucket" off.',
	});
