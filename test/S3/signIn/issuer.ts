import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Account } from '../../../sandbox/s3/server.ts';
import { canonicalRequest, sign, signingKey, stringToSign } from '../../../sandbox/s3/sigv4.ts';

export const USER: Account = {
	accessKeyId: 'AKIAUSER',
	secretAccessKey: 'user/secret+with=signs-58c1',
};
export const ROLE = 'arn:aws:iam::123456789012:role/storage';
export const EXTERNAL_ID = 'external-id-4711';
export const WEB_TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJuOG4ifQ.c2lnbmF0dXJl';
export const CONTAINER_TOKEN = 'container-authorization-token';
const INSTANCE_TOKEN = 'instance-metadata-token';

interface Answer {
	status: number;
	body: string;
}

/** What an issuer of keys was asked, and what it did. */
export interface Call {
	action: string;
	form: Record<string, string>;
	/** what it was signed for */
	scope?: string;
	status: number;
}

/**
 * Whoever issues temporary keys: an STS (AssumeRole, AssumeRoleWithWebIdentity), the metadata service
 * of an EC2 instance (version 2 only) and the endpoint of an ECS task, all at one address. Issued keys
 * are added to the accounts of an S3 server.
 */
export class Issuer {
	readonly calls: Call[] = [];
	lifetimeMs = 3_600_000;
	delayMs = 0;
	/** for the calls to come, in order, instead of keys */
	readonly refusals: Answer[] = [];
	now: () => number = Date.now;
	endpoint = '';
	private readonly accounts: Account[];
	private readonly server = createServer((message, response) => {
		void this.answer(message).then(async ({ status, body }) => {
			if (this.delayMs > 0)
				await new Promise((resolve) => setTimeout(resolve, this.delayMs).unref());
			response.writeHead(status, { date: new Date(this.now()).toUTCString() }).end(body);
		});
	});

	constructor(accounts: Account[]) {
		this.accounts = accounts;
	}

	async open(): Promise<this> {
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
		this.endpoint = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
		return this;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private issue() {
		const random = () => randomBytes(12).toString('hex');
		const account = {
			accessKeyId: `ASIA${random()}`,
			secretAccessKey: `issued/${random()}`,
			sessionToken: `token+${random()}/${random()}=`,
		};
		this.accounts.push(account);
		return { ...account, expiration: new Date(this.now() + this.lifetimeMs).toISOString() };
	}

	private async answer(message: IncomingMessage): Promise<Answer> {
		const body: Buffer[] = [];
		for await (const chunk of message) body.push(chunk as Buffer);
		const { method = '', url = '' } = message;
		if (method === 'POST') return this.sts(message, Buffer.concat(body));
		if (url.startsWith('/latest/')) return this.instance(message);
		if (url === '/v2/credentials/4711') return this.container(message);
		return { status: 404, body: 'not here' };
	}

	private container({ headers }: IncomingMessage): Answer {
		const allowed = headers.authorization === CONTAINER_TOKEN;
		return this.done('container', {}, () => (allowed ? this.json() : { status: 401, body: '' }));
	}

	private instance({ method, url, headers }: IncomingMessage): Answer {
		if (url === '/latest/api/token') {
			const asked = method === 'PUT' && headers['x-aws-ec2-metadata-token-ttl-seconds'];
			return asked ? { status: 200, body: INSTANCE_TOKEN } : { status: 400, body: '' };
		}
		if (headers['x-aws-ec2-metadata-token'] !== INSTANCE_TOKEN) return { status: 401, body: '' };
		const roles = '/latest/meta-data/iam/security-credentials/';
		if (url === roles) return { status: 200, body: 'machine-role' };
		if (url !== `${roles}machine-role`) return { status: 404, body: '' };
		return this.done('instance', {}, () => this.json());
	}

	private json(): Answer {
		const { accessKeyId, secretAccessKey, sessionToken, expiration } = this.issue();
		const keys = {
			Code: 'Success',
			AccessKeyId: accessKeyId,
			SecretAccessKey: secretAccessKey,
			Token: sessionToken,
			Expiration: expiration,
		};
		return { status: 200, body: JSON.stringify(keys) };
	}

	private sts(message: IncomingMessage, body: Buffer): Answer {
		const form = Object.fromEntries(new URLSearchParams(body.toString()));
		const { Action: action = '' } = form;
		const scope = /Credential=[^/]+\/([^,]+)/.exec(message.headers.authorization ?? '')?.[1];
		return this.done(
			action,
			form,
			() =>
				this.checked(message, body, form) ??
				(action === 'GetCallerIdentity' ? CALLER : this.keys(action, form)),
			scope,
		);
	}

	private done(
		action: string,
		form: Call['form'],
		otherwise: () => Answer,
		scope?: string,
	): Answer {
		const answer = this.refusals.shift() ?? otherwise();
		this.calls.push({ action, form, scope, status: answer.status });
		return answer;
	}

	private checked(message: IncomingMessage, body: Buffer, form: Call['form']): Answer | undefined {
		if (form.Version !== '2011-06-15') return refused('InvalidAction', 400);
		if (form.Action === 'AssumeRoleWithWebIdentity') {
			if (form.WebIdentityToken !== WEB_TOKEN) return refused('InvalidIdentityToken', 400);
		} else if (form.Action === 'AssumeRole') {
			const wrong = this.signatureOf(message, body);
			if (wrong) return wrong;
			if (form.ExternalId !== EXTERNAL_ID) return refused('AccessDenied', 403);
		} else if (form.Action === 'GetCallerIdentity') return this.signatureOf(message, body);
		else return refused('InvalidAction', 400);
		if (form.RoleArn !== ROLE) return refused('AccessDenied', 403);
		const duration = Number(form.DurationSeconds ?? 3_600);
		if (!(duration >= 900 && duration <= 7_200)) return refused('ValidationError', 400);
		if (form.Policy && !isJson(form.Policy)) return refused('MalformedPolicyDocument', 400);
		return undefined;
	}

	private signatureOf(
		{ method = '', url = '', headers, rawHeaders }: IncomingMessage,
		body: Buffer,
	) {
		const parts =
			/^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/sts\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
				headers.authorization ?? '',
			);
		if (!parts) return refused('MissingAuthenticationToken', 403);
		const [, key, date = '', region = '', names = '', signature] = parts;
		if (key !== USER.accessKeyId) return refused('InvalidClientTokenId', 403);
		const stamp = String(headers['x-amz-date']);
		const at = Date.parse(stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
		if (Math.abs(at - this.now()) > 300_000)
			return refused('SignatureDoesNotMatch', 403, `Signature expired: ${stamp} is now too early`);
		const canonical = canonicalRequest({
			method,
			path: url,
			query: '',
			headers: pairsOf(rawHeaders),
			signedHeaders: names.split(';'),
			payloadHash: createHash('sha256').update(body).digest('hex'),
		});
		const scope = { date, region, service: 'sts' };
		const expected = sign(
			signingKey(USER.secretAccessKey, scope),
			stringToSign(stamp, scope, canonical),
		);
		return expected === signature ? undefined : refused('SignatureDoesNotMatch', 403);
	}

	private keys(action: string, form: Call['form']): Answer {
		const { accessKeyId, secretAccessKey, sessionToken, expiration } = this.issue();
		const arn = `arn:aws:sts::123456789012:assumed-role/storage/${form.RoleSessionName}`;
		return {
			status: 200,
			body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>AROA:${form.RoleSessionName}</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>${expiration}</Expiration></Credentials></${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`,
		};
	}
}

/** An error in the words of an STS. */
export const refused = (code: string, status: number, message = 'Some words.'): Answer => ({
	status,
	body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
});

const CALLER: Answer = {
	status: 200,
	body: '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/Alice</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
};

const isJson = (text: string) => {
	try {
		return typeof JSON.parse(text) === 'object';
	} catch {
		return false;
	}
};

const pairsOf = (raw: string[]) =>
	raw.flatMap((name, n): Array<[string, string]> => (n % 2 ? [] : [[name, raw[n + 1] ?? '']]));
