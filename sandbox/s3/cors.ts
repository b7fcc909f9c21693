import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { Bucket } from './store.ts';
import { childText, textsAt, type XmlNode } from './xml.ts';

function like(pattern: string, text: string): boolean {
	const [start = '', end] = pattern.split('*');
	if (end === undefined) return pattern === text;
	return text.startsWith(start) && text.slice(start.length).endsWith(end);
}

/** The headers a browser wants to send, in lower case. */
function wantedHeaders({ headers }: S3Request): string[] {
	return (headers.get('access-control-request-headers') ?? '')
		.split(',')
		.map((name) => name.trim().toLowerCase())
		.filter((name) => name !== '');
}

/** The first rule that allows the origin, the method and the headers. */
function ruleFor(
	bucket: Bucket | undefined,
	origin: string,
	method: string,
	headers: string[],
): XmlNode | undefined {
	return bucket?.documents
		.get('cors')
		?.children.find(
			(rule) =>
				textsAt(rule, 'AllowedOrigin').some((one) => like(one, origin)) &&
				textsAt(rule, 'AllowedMethod').includes(method) &&
				headers.every((name) =>
					textsAt(rule, 'AllowedHeader').some((one) => like(one.toLowerCase(), name)),
				),
		);
}

function rulesHeaders(rule: XmlNode, origin: string): Record<string, string> {
	const exposed = textsAt(rule, 'ExposeHeader');
	const anybody = textsAt(rule, 'AllowedOrigin').includes('*');
	const headers: Record<string, string> = {
		'access-control-allow-origin': anybody ? '*' : origin,
		'access-control-allow-methods': textsAt(rule, 'AllowedMethod').join(', '),
		vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
	};
	if (!anybody) headers['access-control-allow-credentials'] = 'true';
	if (exposed.length > 0) headers['access-control-expose-headers'] = exposed.join(', ');
	const age = childText(rule, 'MaxAgeSeconds');
	if (age !== undefined) headers['access-control-max-age'] = age;
	return headers;
}

/** What an answer to a script of another origin says. */
export function corsHeaders(
	bucket: Bucket | undefined,
	request: S3Request,
): Record<string, string> {
	const origin = request.headers.get('origin');
	if (origin === undefined) return {};
	// The method that a preflight would name decides where a request names one.
	const method = request.headers.get('access-control-request-method') ?? request.method;
	const rule = ruleFor(bucket, origin, method, []);
	return rule ? rulesHeaders(rule, origin) : {};
}

/**
 * Answers a browser that asks before it sends
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html).
 * @throws S3Error BadRequest, AccessForbidden
 */
export function preflight(bucket: Bucket | undefined, request: S3Request): Record<string, string> {
	const origin = request.headers.get('origin');
	const method = request.headers.get('access-control-request-method');
	if (origin === undefined) {
		throw new S3Error('BadRequest', {
			message: 'Insufficient information. Origin request header needed.',
		});
	}
	if (method === undefined) {
		throw new S3Error('BadRequest', {
			message: 'Invalid Access-Control-Request-Method: null',
		});
	}
	const elements = {
		Method: method,
		ResourceType: request.key === undefined ? 'BUCKET' : 'OBJECT',
	};
	if (!bucket?.documents.has('cors')) {
		throw new S3Error('AccessForbidden', {
			message: 'CORSResponse: CORS is not enabled for this bucket.',
			elements,
		});
	}
	const wanted = wantedHeaders(request);
	const rule = ruleFor(bucket, origin, method, wanted);
	if (!rule) {
		throw new S3Error('AccessForbidden', {
			message:
				"CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
			elements,
		});
	}
	const headers = rulesHeaders(rule, origin);
	if (wanted.length > 0) headers['access-control-allow-headers'] = wanted.join(', ');
	return headers;
}
