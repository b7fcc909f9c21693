import type { Answer } from './answer.ts';
import { notFound, refusal } from './errors.ts';
import type { Session } from './oauth/sessions.ts';
import type { Org } from './org.ts';

/** A request, received whole. */
export interface ApiRequest {
	method: string;
	/** Without the query, still encoded. */
	path: string;
	query: URLSearchParams;
	/** Names in lower case. */
	headers: Record<string, string>;
	body: Buffer;
	/** "http://127.0.0.1:PORT" the request was sent to. */
	origin: string;
	/** Share of the rows of this request that cannot be locked (of a fault), 0 to 1. */
	lockedRows?: number;
}

/** Everything a handler needs. */
export interface Call {
	org: Org;
	request: ApiRequest;
	/** Parts of the path by the names in the pattern, decoded; "*" is the rest, not decoded. */
	params: Record<string, string>;
	/** "68.0" where the path has a version. */
	version: string;
	/** "/services/data/v68.0" */
	base: string;
	/** @throws of open routes, which know no session */
	session: Session;
	/** Handles another request as if it came in this one (composite). */
	dispatch(request: ApiRequest): Answer | Promise<Answer>;
}

export interface Route {
	method: string;
	/**
	 * "/sobjects/:object" below "/services/data/vNN.N", or "//services/oauth2/token" from the root of
	 * the host. "*" at the end takes the rest.
	 */
	path: string;
	/** Whether it needs no session. */
	open?: boolean;
	/** Largest body in bytes, when it is not that of the org. */
	bodyLimit?: number;
	handle(call: Call): Answer | Promise<Answer>;
}

interface Compiled {
	route: Route;
	parts: string[];
}

export interface Found {
	route: Route;
	params: Record<string, string>;
	version: string;
}

const dataPath = /^\/services\/data\/v(\d+\.\d)(?=\/|$)/;

/** Finds the route of a request by method and path. */
export class Router {
	private readonly data: Compiled[] = [];
	private readonly host: Compiled[] = [];

	/** Adds routes behind those that are there; the first that matches wins. */
	add(routes: readonly Route[]): void {
		for (const route of routes) {
			const fromRoot = route.path.startsWith('//');
			const parts = split(fromRoot ? route.path.slice(1) : route.path);
			(fromRoot ? this.host : this.data).push({ route, parts });
		}
	}

	/** @throws ApiError NOT_FOUND, METHOD_NOT_ALLOWED */
	find(method: string, path: string): Found {
		const version = dataPath.exec(path)?.[1];
		const routes = version === undefined ? this.host : this.data;
		const parts = split(version === undefined ? path : path.replace(dataPath, ''));
		const allowed: string[] = [];
		for (const { route, parts: pattern } of routes) {
			const params = match(pattern, parts);
			if (!params) continue;
			if (route.method === method) return { route, params, version: version ?? '' };
			allowed.push(route.method);
		}
		if (allowed.length === 0) throw notFound();
		throw refusal(
			'METHOD_NOT_ALLOWED',
			`HTTP Method '${method}' not allowed. Allowed are ${[...new Set(allowed)].join(',')}`,
		);
	}
}

const split = (path: string): string[] => path.split('/').slice(1);

function match(pattern: string[], parts: string[]): Record<string, string> | undefined {
	const rest = pattern.at(-1) === '*';
	// One slash at the end does no harm.
	const given =
		parts.at(-1) === '' && parts.length === pattern.length + 1 ? parts.slice(0, -1) : parts;
	if (rest ? given.length < pattern.length - 1 : given.length !== pattern.length) return undefined;
	const params: Record<string, string> = {};
	for (const [at, part] of pattern.entries()) {
		if (part === '*') params['*'] = given.slice(at).join('/');
		else if (part.startsWith(':')) params[part.slice(1)] = decoded(given[at] ?? '');
		else if (part.toLowerCase() !== given[at]?.toLowerCase()) return undefined;
	}
	return params;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
