import { createHash } from 'node:crypto';
import type { Clock } from '../../../shared/ground/clock';
import type { Redact } from '../../../shared/ground/redact';
import type { Send } from '../../../shared/resilience';
import type { FailureDetails } from '../../../shared/resilience/failure';
import { Failure } from '../../../shared/resilience/failure';
import type { HttpClient, HttpResponse } from '../../../shared/transport/http';
import type { Address } from '../address';
import type { Credentials } from '../sign';
import { signHeaders } from '../sign';
import type { XmlElement } from '../xml';
import { child, parseXml, text } from '../xml';
import type { IssuedKeys } from './temporaryKeys';

/** Where and how to ask. */
export interface Sts {
	address: Address;
	region: string;
	http: HttpClient;
	send: Send;
	/** who shares circuit breaker and budget */
	scope: string;
	redact: Redact;
	clock: Clock;
}

export interface RoleRequest {
	roleArn?: string;
	roleSessionName: string;
	/** in seconds */
	duration: number;
	externalId?: string;
	/** JSON; what the role may do is cut down to it */
	policy?: string;
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export async function assumeRole(
	sts: Sts,
	keys: Credentials,
	role: RoleRequest,
	signal: AbortSignal,
): Promise<IssuedKeys> {
	const form = { ...formOf(role), ExternalId: role.externalId };
	return await ask(sts, 'AssumeRole', form, keys, signal, keysIn);
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export async function assumeRoleWithWebIdentity(
	sts: Sts,
	token: string,
	role: RoleRequest,
	signal: AbortSignal,
): Promise<IssuedKeys> {
	const form = { ...formOf(role), WebIdentityToken: token };
	return await ask(sts, 'AssumeRoleWithWebIdentity', form, undefined, signal, keysIn);
}

/**
 * Whose keys these are: an ARN. Everybody may ask.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function getCallerIdentity(
	sts: Sts,
	keys: Credentials,
	signal: AbortSignal,
): Promise<string | undefined> {
	return await ask(sts, 'GetCallerIdentity', {}, keys, signal, ({ body }, action) => {
		const root = documentOf(body);
		return root && text(root, `${action}Result`, 'Arn');
	});
}

const formOf = ({ roleArn, roleSessionName, duration, policy }: RoleRequest) => ({
	RoleArn: roleArn,
	RoleSessionName: roleSessionName,
	DurationSeconds: String(duration),
	Policy: policy,
});

async function ask<T>(
	{ address, region, http, send, scope, redact, clock }: Sts,
	action: string,
	fields: Record<string, string | undefined>,
	keys: Credentials | undefined,
	cancel: AbortSignal,
	read: (answer: HttpResponse<Buffer>, action: string, clock: Clock) => T,
): Promise<T> {
	const given = Object.entries(fields).filter((field): field is [string, string] => !!field[1]);
	const form = { Action: action, Version: '2011-06-15', ...Object.fromEntries(given) };
	const body = Buffer.from(new URLSearchParams(form).toString());
	const about = { system: 'sts', operation: action, scope, repeatable: true, signal: cancel };
	const { origin, host, path } = address;
	let skewMs = 0;
	return await send(about, async (signal) => {
		const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
		const signature = (credentials: Credentials) =>
			signHeaders({
				method: 'POST',
				path,
				query: '',
				headers: { ...headers, host },
				payloadHash: createHash('sha256').update(body).digest('hex'),
				credentials,
				region,
				service: 'sts',
				at: clock.now() + skewMs,
			});
		const exchange = async () =>
			await http.buffer({
				method: 'POST',
				origin,
				path,
				headers: { ...headers, ...(keys && signature(keys)) },
				body,
				signal,
				maxBytes: MAX_BYTES,
			});
		let answer = await exchange();
		const ahead = keys && clockOf(answer, clock.now());
		if (ahead) {
			skewMs = ahead;
			answer = await exchange();
		}
		if (answer.status === 200) return read(answer, action, clock);
		throw refusal(answer, action, host, redact);
	});
}

const MAX_BYTES = 1024 * 1024;
const SAME_TIME_MS = 60_000;

/** By how many ms the other clock is ahead, where that is why the request was refused. */
function clockOf({ status, headers, body }: HttpResponse<Buffer>, nowMs: number) {
	if (
		status < 400 ||
		!/Signature (expired|not yet current)|TooSkewed|RequestExpired/.test(String(body))
	)
		return undefined;
	const aheadMs = Date.parse(headers.date ?? '') - nowMs;
	return Math.abs(aheadMs) > SAME_TIME_MS ? aheadMs : undefined;
}

const documentOf = (body: Buffer): XmlElement | undefined => {
	try {
		return parseXml(body);
	} catch {
		return undefined;
	}
};

function keysIn({ body }: HttpResponse<Buffer>, action: string, clock: Clock): IssuedKeys {
	const root = documentOf(body);
	const result = root && child(root, `${action}Result`);
	const credentials = result && child(result, 'Credentials');
	const [accessKeyId, secretAccessKey, sessionToken] = [
		'AccessKeyId',
		'SecretAccessKey',
		'SessionToken',
	].map((name) => credentials && text(credentials, name));
	const expiresAt = Date.parse((credentials && text(credentials, 'Expiration')) ?? '');
	if (!accessKeyId || !secretAccessKey || !sessionToken || !(expiresAt > clock.now()))
		throw new Failure({
			kind: 'unavailable',
			phase: 'notSent',
			code: 'NO_KEYS',
			message: `${action} was answered with 200, but without keys that are valid now`,
			hint: 'Is this really the address of the STS? Do the clocks of this machine and of the server agree?',
		});
	const role = result && text(result, 'AssumedRoleUser', 'Arn');
	return { accessKeyId, secretAccessKey, sessionToken, expiresAt, ...(role && { role }) };
}

type Meaning = Partial<FailureDetails>;

const throttled: Meaning = { kind: 'throttled' };
const hint = (words: string): Meaning => ({ hint: words });

const NO_STS = hint('This server seems to have no STS at this address: fill in "STS Endpoint".');
const NEW_TOKEN = hint('Put a new token into the credential.');

// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
const MEANINGS: Record<string, Meaning> = {
	Throttling: throttled,
	ThrottlingException: throttled,
	RequestLimitExceeded: throttled,
	TooManyRequestsException: throttled,
	IDPCommunicationError: {
		kind: 'unavailable',
		hint: 'The STS cannot reach the issuer of the token.',
	},
	AccessDenied: hint(
		'Check the ARN, the external ID, and that the trust policy of the role and the policy of the keys allow it.',
	),
	InvalidClientTokenId: hint('Check the access key ID in the credential.'),
	InvalidAccessKeyId: hint('Check the access key ID in the credential.'),
	SignatureDoesNotMatch: hint('Check the secret access key in the credential.'),
	ExpiredToken: hint(
		'The session token of the keys has expired: put a new one into the credential.',
	),
	ExpiredTokenException: NEW_TOKEN,
	InvalidIdentityToken: hint('Check the token, and that its issuer is known to the server.'),
	IDPRejectedClaim: hint('The issuer does not vouch for the token: check it, or get a new one.'),
	MalformedPolicyDocument: hint('Check "Session Policy" in the credential.'),
	PackedPolicyTooLarge: hint('Shorten "Session Policy" in the credential.'),
	RegionDisabledException: hint(
		'Switch STS on for this region in the AWS account, or use another region.',
	),
	ValidationError: hint(
		'Check role ARN, session name and duration: the role sets the longest one.',
	),
	InvalidParameterValue: hint(
		'Check role ARN, session policy and duration: MinIO takes 900 seconds at least.',
	),
	NoSuchEntity: hint('Check the ARN of the role.'),
	MethodNotAllowed: NO_STS,
	NotImplemented: NO_STS,
	InvalidAction: NO_STS,
};

/** Without keys no item can be done, whatever the reason. */
function refusal(
	{ status, body }: HttpResponse<Buffer>,
	action: string,
	host: string,
	redact: Redact,
): Failure {
	const root = documentOf(body);
	const error = root && (root.name === 'Error' ? root : child(root, 'Error'));
	const code = (error && text(error, 'Code')) || `HTTP ${status}`;
	const said = (error && text(error, 'Message')) || `The server answered ${status}`;
	const kind = status === 429 ? 'throttled' : status >= 500 ? 'unavailable' : 'auth';
	return new Failure({
		kind,
		phase: 'notSent',
		scope: 'credential',
		...(status === 404 || status === 405 || status === 501 ? NO_STS : {}),
		...MEANINGS[code],
		code,
		message: `${redact.text(said)} — ${action} at ${host}`,
		status,
	});
}
