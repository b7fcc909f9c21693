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
 * AssumeRole, AssumeRoleWithWebIdentity, GetSessionToken and GetCallerIdentity. Every role exists, and lets everybody
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
		checkWebToken(form.get('WebIdentityToken') ?? '', service.now());
		return issue(service, form, {});
	},
	GetSessionToken: (service, form, caller) => {
		if (known(caller).sessionToken !== undefined) {
			const message = 'Cannot call GetSessionToken with session credentials';
			throw new StsError('AccessDenied', 403, message);
		}
		const seconds = duration(form, 43_200, 129_600);
		return [credentials(service, caller, seconds)];
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

/** Nobody's signature is checked, but a token must be one, and not be over. @throws StsError */
function checkWebToken(token: string, now: number): void {
	if (!webToken.test(token))
		throw new StsError('InvalidIdentityToken', 400, 'The ID Token provided is not a valid JWT.');
	const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
	const [, expires] = /"exp"\s*:\s*(\d+)/.exec(payload) ?? [];
	if (expires === undefined || Number(expires) * 1000 > now) return;
	const message = `Token expired: current date/time ${Math.floor(now / 1000)} must be before the expiration date/time ${expires}`;
	throw new StsError('ExpiredTokenException', 400, message);
}

/** For how many seconds keys are wanted. @throws StsError ValidationError */
function duration(form: URLSearchParams, usual: number, max: number): number {
	const seconds = Number(form.get('DurationSeconds') ?? usual);
	if (Number.isInteger(seconds) && seconds >= 900 && seconds <= max) return seconds;
	throw new StsError('ValidationError', 400, 'DurationSeconds is out of range');
}

function issue(
	service: Service,
	form: URLSearchParams,
	caller: Pick<Account, 'user' | 'buckets'>,
): Xml[] {
	const [, role] = roleArn.exec(form.get('RoleArn') ?? '') ?? [];
	const session = form.get('RoleSessionName') ?? '';
	if (role === undefined || !/^[\w+=,.@-]{2,64}$/.test(session))
		throw new StsError('ValidationError', 400, 'RoleArn or RoleSessionName is invalid');
	const seconds = duration(form, usualSeconds, 43_200);
	const arn = `arn:aws:sts::${accountId(userOf(caller))}:assumed-role/${role}/${session}`;
	return [
		element('AssumedRoleUser', [element('Arn', arn), element('AssumedRoleId', `AROA:${session}`)]),
		credentials(service, caller, seconds, arn),
	];
}

/** Keys for a while that may do what the caller may. */
function credentials(
	{ accounts, now }: Service,
	{ user, buckets }: Pick<Account, 'user' | 'buckets'>,
	seconds: number,
	arn?: string,
): Xml {
	const random = () => randomBytes(12).toString('hex');
	const issued = {
		accessKeyId: `ASIA${random().slice(0, 16).toUpperCase()}`,
		secretAccessKey: `issued/${random()}`,
		sessionToken: `token+${random()}/${random()}=`,
		expiresAt: now() + seconds * 1000,
		...(arn !== undefined && { arn }),
		...(user !== undefined && { user }),
		...(buckets && { buckets }),
	};
	accounts.push(issued);
	return element('Credentials', [
		element('AccessKeyId', issued.accessKeyId),
		element('SecretAccessKey', issued.secretAccessKey),
		element('SessionToken', issued.sessionToken),
		element('Expiration', new Date(issued.expiresAt).toISOString()),
	]);
}
