import type { S3Request } from './request.ts';
import { bucketRoutes } from './routes/bucketRoutes.ts';
import { documentRoutes } from './routes/documentRoutes.ts';
import { objectRoutes } from './routes/objectRoutes.ts';
import type { Level, Route } from './routes/route.ts';

export type { Level, Route } from './routes/route.ts';

const routes: Route[] = [...documentRoutes, ...bucketRoutes, ...objectRoutes];

/** What a request is about. */
export function levelOf({ bucket, key }: S3Request): Level {
	return bucket === undefined ? 'service' : key === undefined ? 'bucket' : 'object';
}

/** `x-id` only names the operation, and presigned requests carry their signature in the query. */
const everyParameter = /^(?:x-id|x-amz-request-payer|X-Amz-[A-Za-z0-9-]+)$/;

/** Whether a POST to a bucket is a form of a browser. */
function isForm({ method, headers, query }: S3Request): boolean {
	const type = headers.get('content-type') ?? '';
	return method === 'POST' && query.size === 0 && /^multipart\/form-data\b/i.test(type);
}

/**
 * The operation a request means. A parameter that no operation knows is a sub-resource the server
 * does not have: then there is no route.
 */
export function findRoute(request: S3Request): Route | undefined {
	const level = levelOf(request);
	const names = [...request.query.keys()].filter((name) => !everyParameter.test(name));
	return routes.find(
		(route) =>
			route.level === level &&
			route.method === request.method &&
			(route.needs ?? []).every((name) => request.query.has(name)) &&
			names.every((name) => route.needs?.includes(name) || route.query?.includes(name)) &&
			(route.form ?? false) === isForm(request) &&
			(route.needsHeader === undefined || request.headers.has(route.needsHeader)),
	);
}

/** Whether any operation of that level has the method. */
export function hasMethod(level: Level, method: string): boolean {
	return routes.some((one) => one.level === level && one.method === method);
}
