import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import { hasMethod, levelOf, type Route } from './routes.ts';

/** Of every request: the signature, the description of the body, and the SDKs' own remarks. */
const everyHeader = [
	'x-amz-date',
	'x-amz-content-sha256',
	'x-amz-security-token',
	'x-amz-user-agent',
	'x-amz-decoded-content-length',
	'x-amz-trailer',
	'x-amz-expected-bucket-owner',
	'x-amz-request-payer',
	'x-amz-sdk-checksum-algorithm',
	'x-amz-checksum-crc32',
	'x-amz-checksum-crc32c',
	'x-amz-checksum-crc64nvme',
	'x-amz-checksum-sha1',
	'x-amz-checksum-sha256',
];

/**
 * Refuses what the server does not understand: an ignored parameter or header would be a success
 * that means something else than the client asked for.
 * @throws S3Error NotImplemented, MethodNotAllowed
 */
export function checkUnderstood(request: S3Request, route: Route | undefined): Route {
	const level = levelOf(request);
	if (!route) {
		if (!hasMethod(level, request.method)) {
			throw new S3Error('MethodNotAllowed', {
				elements: { Method: request.method, ResourceType: level.toUpperCase() },
			});
		}
		throw new S3Error('NotImplemented', {
			message: 'A query parameter you provided implies functionality that is not implemented',
			elements: { Query: request.rawQuery },
		});
	}
	if (route.needs?.includes('list-type') && request.query.get('list-type') !== '2') {
		throw new S3Error('InvalidArgument', {
			message: 'Invalid List Type specified in Request',
			elements: { ArgumentName: 'list-type' },
		});
	}
	const headers = [...everyHeader, ...(route.headers ?? [])];
	for (const name of request.headers.keys()) {
		const known = headers.some((one) =>
			one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one,
		);
		if (name.startsWith('x-amz-') && !known) {
			throw new S3Error('NotImplemented', { elements: { Header: name } });
		}
	}
	return route;
}
