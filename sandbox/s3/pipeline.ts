import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { actionOf, checkOwner, demand } from './access.ts';
import type { Answer } from './answer.ts';
import { authenticate, type Account } from './authentication.ts';
import { expectBody, receiveBody, type BodyLimit } from './body.ts';
import { requesterPays } from './bucketSettings.ts';
import { preflight } from './cors.ts';
import { errorDocument, S3Error, type ErrorContext } from './errors.ts';
import type { Events } from './events.ts';
import { findBucket, type Call } from './operation.ts';
import { isBucketName } from './operations/buckets.ts';
import type { S3Request } from './request.ts';
import type { Route } from './routes.ts';
import type { Bucket, Store } from './store.ts';
import { answerSts, asksSts } from './sts.ts';
import { checkUnderstood } from './understood.ts';
import { anonymous, userOf } from './users.ts';

/** What stays the same for all requests of one server. */
export interface Service {
	/** Keys that are issued for a while are added. */
	accounts: Account[];
	region: string;
	now: () => number;
	minPartSize: number;
	forgetsUploads: boolean;
	restoreMs: number;
	events: Events;
	store: Store;
	denyDelete: ReadonlySet<string>;
	forgetful: ReadonlySet<string>;
}

/** Moments of a request that concern its connection. */
export interface Hooks {
	/** Before the body is read; `endEarly` ends it when the client has closed its side. */
	beginBody(endEarly: () => void): void;
	/** When the request is whole and allowed, before it has any effect. */
	beforeEffect(): Promise<void>;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

function bodyLimit(route: Route): BodyLimit {
	const checksum = route.checksum !== 'object';
	if (route.body === 'object') {
		return { bytes: 5 * GIB, code: 'EntityTooLarge', required: true, checksum };
	}
	return {
		bytes: 2 * MIB,
		code: 'MaxMessageLengthExceeded',
		required: route.body === 'document' && route.method === 'POST',
		checksum,
	};
}

/** Who reads from a bucket whose owner does not pay must say so. @throws S3Error AccessDenied */
function checkPayer({ headers, query }: S3Request, account: Account, bucket: Bucket): void {
	if (!requesterPays(bucket) || userOf(account) === bucket.owner) return;
	const payer = headers.get('x-amz-request-payer') ?? query.get('x-amz-request-payer');
	if (payer !== 'requester' || account === anonymous) throw new S3Error('AccessDenied');
}

/**
 * Carries out one request: who is it, what does it want, is its body whole, then the effect.
 * @throws S3Error for everything that is the client's fault
 */
export async function carryOut(
	service: Service,
	message: IncomingMessage,
	request: S3Request,
	route: Route | undefined,
	ids: Pick<ErrorContext, 'requestId' | 'hostId'>,
	hooks: Hooks,
): Promise<Answer> {
	const { store, region } = service;
	const existing = store.buckets.get(request.bucket ?? '');
	if (request.method === 'OPTIONS') return { status: 200, headers: preflight(existing, request) };
	if (asksSts(request)) {
		await hooks.beforeEffect();
		return await answerSts(service, message, request, ids.requestId);
	}
	const now = service.now();
	const identity = authenticate(request, service.accounts, existing?.region ?? region, now);
	const known = checkUnderstood(request, route);
	const { account } = identity;
	if (request.bucket !== undefined) {
		if (!isBucketName(request.bucket)) {
			throw new S3Error('InvalidBucketName', { elements: { BucketName: request.bucket } });
		}
		if (known.operation !== 'CreateBucket') {
			const bucket = findBucket({ store, account }, request.bucket);
			checkOwner(request, 'x-amz-expected-bucket-owner', bucket);
			const versionId = request.query.get('versionId');
			const action = actionOf(known.operation, versionId !== undefined);
			if (action) demand({ request, account, now }, action, bucket, request.key, versionId);
			checkPayer(request, account, bucket);
		}
	}
	if (
		account === anonymous &&
		(request.bucket === undefined || known.operation === 'CreateBucket')
	) {
		throw new S3Error('AccessDenied');
	}
	const expected = expectBody(request, identity.payload, bodyLimit(known));
	const body = await receiveBody(message, expected, identity, hooks.beginBody);
	if (known.protect && !body.protected) {
		throw new S3Error('InvalidRequest', {
			message: 'Missing required header for this request: Content-MD5',
		});
	}
	await hooks.beforeEffect();
	const call: Call = {
		request,
		body,
		account,
		user: userOf(account),
		accounts: service.accounts,
		users: service.accounts.map(userOf),
		store,
		now: service.now(),
		region,
		minPartSize: service.minPartSize,
		forgetsUploads: service.forgetsUploads,
		restoreMs: service.restoreMs,
		events: service.events,
		ids,
		tell: (name, bucket, version) =>
			service.events.emit({
				...ids,
				name,
				bucket,
				version,
				time: service.now(),
				user: userOf(account),
				address: request.address,
				region: bucket.region,
			}),
		denyDelete: service.denyDelete,
		forgetful: service.forgetful,
	};
	const answer = known.handle(call);
	const charged = request.headers.has('x-amz-request-payer') && existing && requesterPays(existing);
	if (!charged) return answer;
	return { ...answer, headers: { ...answer.headers, 'x-amz-request-charged': 'requester' } };
}

/** Ids of one request, as the headers and the error document show them. */
export function newIds(): Pick<ErrorContext, 'requestId' | 'hostId'> {
	return {
		requestId: randomBytes(8).toString('hex').toUpperCase(),
		hostId: randomBytes(48).toString('base64'),
	};
}

/** The answer for an error; anything but an S3Error is a defect of the server: InternalError. */
export function errorAnswer(error: unknown, context: ErrorContext): Answer & { code: string } {
	const known = error instanceof S3Error ? error : new S3Error('InternalError');
	return {
		status: known.status,
		headers: known.headers,
		body: errorDocument(known, context),
		code: known.code,
	};
}
