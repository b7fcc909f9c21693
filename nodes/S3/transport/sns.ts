import { createVerify, X509Certificate } from 'node:crypto';
import { Failure } from '../../shared/resilience/failure';
import type { HttpClient } from '../../shared/transport/http';

/** What SNS posts. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export interface SnsMessage {
	Type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
	MessageId: string;
	TopicArn: string;
	Message: string;
	Timestamp: string;
	Subject?: string;
	SubscribeURL?: string;
	Token?: string;
	Signature: string;
	SignatureVersion: string;
	SigningCertURL: string;
}

const TYPES = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'];

export const isSnsMessage = (body: unknown): body is SnsMessage => {
	const { Type, TopicArn, Message } = (body ?? {}) as Partial<Record<string, unknown>>;
	return (
		TYPES.includes(String(Type)) && typeof TopicArn === 'string' && typeof Message === 'string'
	);
};

/** Whether an address is one of SNS itself: only from there come certificates and confirmations. */
export function isSnsAddress(address: string | undefined): boolean {
	if (!address || !URL.canParse(address)) return false;
	const { protocol, hostname, port, username, password } = new URL(address);
	const plain = port === '' && username === '' && password === '';
	const host = /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(\.cn)?$/;
	return protocol === 'https:' && plain && host.test(hostname);
}

const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const;
const CONFIRMATION = [
	'Message',
	'MessageId',
	'SubscribeURL',
	'Timestamp',
	'Token',
	'TopicArn',
	'Type',
] as const;

/**
 * What SNS has signed.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
export function signedText(message: SnsMessage): string {
	const names = message.Type === 'Notification' ? NOTIFICATION : CONFIRMATION;
	return names
		.filter((name) => message[name] !== undefined && message[name] !== null)
		.map((name) => `${name}\n${message[name]}\n`)
		.join('');
}

/** Whether the key of this certificate has signed the message, and the certificate is in force. */
export function isSignedBy(pem: string, message: SnsMessage, nowMs: number): boolean {
	const algorithms: Record<string, string> = { 1: 'RSA-SHA1', 2: 'RSA-SHA256' };
	const algorithm = algorithms[message.SignatureVersion];
	if (!algorithm) return false;
	try {
		const { validFrom, validTo, publicKey } = new X509Certificate(pem);
		if (nowMs < Date.parse(validFrom) || nowMs > Date.parse(validTo)) return false;
		return createVerify(algorithm)
			.update(signedText(message))
			.verify(publicKey, message.Signature, 'base64');
	} catch {
		return false;
	}
}

// A certificate has its own address, so what was read once stays right.
const MOST_CERTIFICATES = 20;
const certificates = new Map<string, string>();

/** @param trusted whether an address is one of SNS; another one in tests */
export async function verifySns(
	http: HttpClient,
	message: SnsMessage,
	signal: AbortSignal,
	nowMs: number,
	trusted: (address: string | undefined) => boolean = isSnsAddress,
): Promise<void> {
	const { SigningCertURL: address } = message;
	if (!trusted(address)) throw forged('its certificate is not from SNS');
	const pem = certificates.get(address) ?? (await get(http, address, signal)).toString();
	if (!isSignedBy(pem, message, nowMs)) throw forged('the signature does not fit');
	certificates.set(address, pem);
	const oldest = certificates.keys().next();
	if (certificates.size > MOST_CERTIFICATES && !oldest.done) certificates.delete(oldest.value);
}

/** Tells SNS that the subscription is wanted. The message must have been verified. */
export async function confirmSns(
	http: HttpClient,
	message: SnsMessage,
	signal: AbortSignal,
	trusted: (address: string | undefined) => boolean = isSnsAddress,
): Promise<void> {
	const { SubscribeURL: address } = message;
	if (!address || !trusted(address)) throw forged('its confirmation would not go to SNS');
	await get(http, address, signal);
}

async function get(http: HttpClient, address: string, signal: AbortSignal): Promise<Buffer> {
	const { origin, pathname, search } = new URL(address);
	const request = { method: 'GET', origin, path: pathname + search, headers: {}, signal };
	const { status, body } = await http.buffer({ ...request, maxBytes: 1024 * 1024 });
	if (status === 200) return body;
	throw new Failure({
		kind: 'unavailable',
		phase: 'rejected',
		code: `HTTP ${status}`,
		status,
		message: `SNS answered ${status}`,
	});
}

const forged = (why: string) =>
	new Failure({
		kind: 'auth',
		phase: 'rejected',
		code: 'FORGED',
		status: 403,
		message: `This message is not from SNS: ${why}`,
	});
