import { readFile } from 'node:fs/promises';
import { Failure } from '../../../shared/resilience/failure';
import type { Environment } from '../../../shared/transport/hostIdentity';
import { checkHostIdentity } from '../../../shared/transport/hostIdentity';
import type { HttpClient } from '../../../shared/transport/http';
import type { IssuedKeys } from './temporaryKeys';

/**
 * The token that the platform keeps in a file (EKS: IAM roles for service accounts). The file is
 * named by the environment only: a path in a credential could be any file of the server.
 */
export async function hostToken(environment: Environment): Promise<string> {
	checkHostIdentity(environment);
	const file = environment.AWS_WEB_IDENTITY_TOKEN_FILE;
	if (file) return (await contentOf(file)).trim();
	throw unavailable(
		'NO_TOKEN_FILE',
		'There is no token file: AWS_WEB_IDENTITY_TOKEN_FILE is not set for n8n',
		'The platform sets it where a role is bound to the service account of n8n.',
	);
}

async function contentOf(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (cause) {
		throw unavailable(
			'NO_TOKEN_FILE',
			`The token file cannot be read: ${String(cause)}`,
			undefined,
		);
	}
}

/**
 * The keys of the role that the container or the machine has: ECS tasks and EKS pod identities name
 * an address in the environment, EC2 instances are asked at a fixed one (IMDSv2 only).
 * @param http neither filtered nor through a proxy: these addresses are link-local
 */
export async function hostKeys(
	http: HttpClient,
	environment: Environment,
	signal: AbortSignal,
): Promise<IssuedKeys> {
	checkHostIdentity(environment);
	const container = containerAddress(environment);
	return container
		? await containerKeys(http, container, environment, signal)
		: await instanceKeys(http, environment, signal);
}

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
const LINK_LOCAL = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']);
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

function containerAddress(environment: Environment): URL | undefined {
	const relative = environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
	if (relative) return new URL(relative, 'http://169.254.170.2');
	const full = environment.AWS_CONTAINER_CREDENTIALS_FULL_URI;
	if (!full) return undefined;
	const url = URL.parse(full);
	if (url?.protocol === 'https:') return url;
	if (url && (LINK_LOCAL.has(url.hostname) || LOOPBACK.test(url.hostname))) return url;
	throw unavailable(
		'NO_HOST_ROLE',
		'AWS_CONTAINER_CREDENTIALS_FULL_URI is neither an https address nor one of this machine',
		undefined,
	);
}

async function containerKeys(
	http: HttpClient,
	{ origin, pathname, search }: URL,
	environment: Environment,
	signal: AbortSignal,
): Promise<IssuedKeys> {
	const file = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
	const token = file
		? (await contentOf(file)).trim()
		: environment.AWS_CONTAINER_AUTHORIZATION_TOKEN;
	const headers = { ...(token && { authorization: token }) };
	const path = pathname + search;
	return keysIn(await read(http, { method: 'GET', origin, path, headers }, signal));
}

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
const ROLES = '/latest/meta-data/iam/security-credentials/';

async function instanceKeys(
	http: HttpClient,
	environment: Environment,
	signal: AbortSignal,
): Promise<IssuedKeys> {
	const named = environment.AWS_EC2_METADATA_SERVICE_ENDPOINT || 'http://169.254.169.254';
	const { origin } = new URL(named);
	const token = await read(
		http,
		{
			method: 'PUT',
			origin,
			path: '/latest/api/token',
			headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '300', 'content-length': '0' },
		},
		signal,
	);
	const headers = { 'x-aws-ec2-metadata-token': token };
	const roles = await read(http, { method: 'GET', origin, path: ROLES, headers }, signal);
	const role = roles.split('\n')[0]?.trim() ?? '';
	const path = ROLES + encodeURIComponent(role);
	const keys = keysIn(await read(http, { method: 'GET', origin, path, headers }, signal));
	return { role, ...keys };
}

interface Question {
	method: 'GET' | 'PUT';
	origin: string;
	path: string;
	headers: Record<string, string>;
}

// There is no way between: who does not answer at once is not there.
const PATIENCE_MS = 2_000;

async function read(http: HttpClient, question: Question, signal: AbortSignal): Promise<string> {
	const { status, body } = await http.buffer({
		...question,
		signal,
		idleMs: PATIENCE_MS,
		maxBytes: 100_000,
	});
	if (status === 200) return body.toString();
	const passing = status === 429 || status >= 500;
	throw unavailable(
		'NO_HOST_ROLE',
		`${question.origin} answered ${status} to ${question.path}`,
		'Has the machine, the task or the pod that n8n runs on a role?',
		passing,
	);
}

function keysIn(answer: string): IssuedKeys {
	const read = fieldsOf(answer);
	const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = read;
	const expiresAt = Date.parse(read.Expiration ?? '');
	if (accessKeyId && secretAccessKey && sessionToken && !Number.isNaN(expiresAt)) {
		const role = read.RoleArn;
		return { accessKeyId, secretAccessKey, sessionToken, expiresAt, ...(role && { role }) };
	}
	throw unavailable(
		'NO_HOST_ROLE',
		`The server that n8n runs on was not given keys: ${read.Message ?? read.Code ?? 'the answer has none'}`,
		undefined,
		true,
	);
}

function fieldsOf(answer: string): Record<string, string | undefined> {
	try {
		const value: unknown = JSON.parse(answer);
		if (typeof value !== 'object' || value === null) return {};
		return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, String(field)]));
	} catch {
		return {};
	}
}

/** Without keys no item can be done. */
const unavailable = (code: string, message: string, hint: string | undefined, passing = false) =>
	new Failure({
		kind: passing ? 'unavailable' : 'auth',
		phase: 'notSent',
		scope: 'credential',
		code,
		message,
		hint,
	});
