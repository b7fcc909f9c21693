import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import { authenticate, type Account } from './authentication.ts';
import { S3Error } from './errors.ts';
import type { Service } from './pipeline.ts';
import type { S3Request } from './request.ts';
import { accountId, anonymous, userOf } from './users.ts';
import { element, xmlDocument, type Xml } from './xml.ts';

const maxBytes = 64 * 1024;
const usualSeconds = 3600;
const roleArn = /^arn:aws:iam::\d{12}:role\/([\w+=,.@/-]{1,64})$/;
const webToken = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const nameSpace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

class StsError extends Error {
	readonly code: string;
	readonly status: number;

	constructor(code: string, status: number, message: string) {
		super(message);
		this.code = code;
		this.status = status;
	}
}

/** Whether a request is for the STS, which answers at the address of the storage, as Ceph's and MinIO's do. */
export function asksSts({ method, bucket, headers }: S3Request): boolean {
	const form = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded');
	return method === 'POST' && bucket === undefined && form === true;
}

/**
 * AssumeRole, AssumeRoleWithWebIdentity and GetCallerIdentity. Every role exists, and lets everybody
 * with keys or with something that looks like a JSON Web Token take it on; what it may do is what the
 * caller may do.
 * https://docs.aws.amazon.com/STS/latest/APIReference/
 */
export async function answerSts(
	service: Service,
	message: IncomingMessage,
	request: S3Request,
	requestId: string,
): Promise<Answer> {
	const closing = element('ResponseMetadata', [element('RequestId', requestId)]);
	try {
		const body = await received(message);
		const form = new URLSearchParams(body.toString());
		const action = form.get('Action') ?? '';
		const known = form.get('Version') === '2011-06-15' && actions[action];
		if (!known) throw new StsError('InvalidAction', 400, `Could not find operation ${action}`);
		const sha256 = createHash('sha256').update(body).digest('hex');
		const now = service.now();
		const { account } = authenticate(request, service.accounts, service.region, now, { sha256 });
		const result = element(`${action}Result`, known(service, form, account));
		return document(200, element(`${action}Response`, [result, closing], nameSpace));
	} catch (error) {
		const { code, status, message: text } = refusal(error);
		const rows = { Type: 'Sender', Code: code, Message: text };
		const inner = Object.entries(rows).map(([name, value]) => element(name, value));
		const id = element('RequestId', requestId);
		return document(status, element('ErrorResponse', [element('Error', inner), id], nameSpace));
	}
}

const document = (status: number, root: Xml): Answer => ({
	status,
	headers: { 'content-type': 'text/xml' },
	body: xmlDocument(root),
});

/** What the storage says of a signature, in the words of an STS. */
function refusal(error: unknown): StsError {
	if (error instanceof StsError) return error;
	if (!(error instanceof S3Error)) throw error;
	const code = error.code === 'InvalidAccessKeyId' ? 'InvalidClientTokenId' : error.code;
	return new StsError(code, error.status, error.message);
}

async function received(message: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of message as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > maxBytes) throw new StsError('ValidationError', 413, 'The request is too large.');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

type Action = (service: Service, form: URLSearchParams, caller: Account) => Xml[];

const actions: Partial<Record<string, Action>> = {
	AssumeRole: (service, form, caller) => issue(service, form, known(caller)),
	AssumeRoleWithWebIdentity: (service, form) => {
		if (!webToken.test(form.get('WebIdentityToken') ?? ''))
			throw new StsError('InvalidIdentityToken', 400, 'The ID Token provided is not a valid JWT.');
		return issue(service, form, {});
	},
	GetCallerIdentity: (_service, _form, caller) => {
		const user = userOf(known(caller));
		const arn = caller.arn ?? `arn:aws:iam::${accountId(user)}:user/${user}`;
		return [
			element('Arn', arn),
			element('UserId', caller.accessKeyId),
			element('Account', accountId(user)),
		];
	},
};

function known(caller: Account): Account {
	if (caller !== anonymous) return caller;
	throw new StsError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token');
}

function issue(
	{ accounts, now }: Service,
	form: URLSearchParams,
	{ user, buckets }: Pick<Account, 'user' | 'buckets'>,
): Xml[] {
	const [, role] = roleArn.exec(form.get('RoleArn') ?? '') ?? [];
	const session = form.get('RoleSessionName') ?? '';
	const seconds = Number(form.get('DurationSeconds') ?? usualSeconds);
	if (role === undefined || !/^[\w+=,.@-]{2,64}$/.test(session))
		throw new StsError('ValidationError', 400, 'RoleArn or RoleSessionName is invalid');
	if (!(Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200))
		throw new StsError('ValidationError', 400, 'DurationSeconds is out of range');
	const random = () => randomBytes(12).toString('hex');
	const owner = userOf({ user });
	const issued = {
		accessKeyId: `ASIA${random().slice(0, 16).toUpperCase()}`,
		secretAccessKey: `issued/${random()}`,
		sessionToken: `token+${random()}/${random()}=`,
		expiresAt: now() + seconds * 1000,
		arn: `arn:aws:sts::${accountId(owner)}:assumed-role/${role}/${session}`,
		...(user !== undefined && { user }),
		...(buckets && { buckets }),
	};
	accounts.push(issued);
	return [
		element('AssumedRoleUser', [
			element('Arn', issued.arn),
			element('AssumedRoleId', `AROA:${session}`),
		]),
		element('Credentials', [
			element('AccessKeyId', issued.accessKeyId),
			element('SecretAccessKey', issued.secretAccessKey),
			element('SessionToken', issued.sessionToken),
			element('Expiration', new Date(issued.expiresAt).toISOString()),
		]),
	];
}
