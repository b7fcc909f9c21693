import { json, type Answer } from '../answer.ts';
import { isObject, objectBody } from '../body.ts';
import { refusal } from '../errors.ts';
import type { Call, Route } from '../router.ts';
import {
	failed,
	halted,
	innerRequest,
	runSubrequest,
	shownAnswer,
	subrequestsOf,
	type SubAnswer,
	type Subrequest,
} from './subrequests.ts';

const mostSubrequests = 25;
/** Of these, queries and collections. */
const mostHeavy = 5;
const heavy = /^\/services\/data\/v[\d.]+\/(?:query|queryAll|composite\/sobjects)(?:[/?]|$)/;
const mostNodes = 500;
const mostGraphs = 75;
const mostDepth = 15;
const mostKinds = 15;

/** Thrown to undo what the requests of a transaction did. */
class Rollback extends Error {}

/** @throws ApiError */
function checkCounts(subrequests: Subrequest[]): void {
	if (subrequests.length > mostSubrequests) {
		throw refusal(
			'LIMIT_EXCEEDED',
			`Limit exceeded: ${subrequests.length} subrequests, ${mostSubrequests} are allowed.`,
		);
	}
	const count = subrequests.filter(({ url }) => heavy.test(url)).length;
	if (count > mostHeavy) {
		throw refusal(
			'LIMIT_EXCEEDED',
			`Limit exceeded: ${count} query or sObject Collections subrequests, ${mostHeavy} are allowed.`,
		);
	}
}

/** Runs requests one after the other; all together with `allOrNone`. */
function runAll(call: Call, subrequests: Subrequest[], allOrNone: boolean) {
	const known = new Map<string, unknown>();
	const answers: SubAnswer[] = [];
	const { store } = call.org;
	try {
		store.transaction(() => {
			for (const subrequest of subrequests) {
				const answer = runSubrequest(call, subrequest, known);
				answers.push(answer);
				if (allOrNone && failed(answer)) throw new Rollback();
			}
		});
	} catch (error) {
		if (!(error instanceof Rollback)) throw error;
		const last = answers.length - 1;
		const all = subrequests.map((_, n) => (n === last ? (answers[n] ?? halted()) : halted()));
		return { answers: all, successful: false };
	}
	return { answers, successful: !answers.some(failed) };
}

const withReference = (answers: SubAnswer[], subrequests: Subrequest[]) =>
	answers.map((answer, n) => ({ ...answer, referenceId: subrequests[n]?.referenceId }));

function composite(call: Call): Answer {
	const body = objectBody(call.request);
	const subrequests = subrequestsOf(body.compositeRequest);
	checkCounts(subrequests);
	const { answers } = runAll(call, subrequests, body.allOrNone === true);
	return json({ compositeResponse: withReference(answers, subrequests) });
}

function batch(call: Call): Answer {
	const { batchRequests, haltOnError = false } = objectBody(call.request);
	if (!Array.isArray(batchRequests)) {
		throw refusal('JSON_PARSER_ERROR', 'The list batchRequests is required.');
	}
	if (batchRequests.length > mostSubrequests) {
		throw refusal(
			'LIMIT_EXCEEDED',
			`Limit exceeded: ${batchRequests.length} subrequests, ${mostSubrequests} are allowed.`,
		);
	}
	let stopped = false;
	const results = batchRequests.map((one: unknown) => {
		if (stopped) {
			const message = 'Batch processing halted per request';
			return { statusCode: 412, result: [{ errorCode: 'BATCH_PROCESSING_HALTED', message }] };
		}
		const { method = 'GET', url = '', richInput } = isObject(one) ? one : {};
		const path = String(url).replace(/^\/?(?:services\/data\/)?(?=v\d)/, '/services/data/');
		const request = { method: String(method), url: path, body: richInput, httpHeaders: {} };
		const answer = call.dispatch(innerRequest(call, request));
		if (answer instanceof Promise)
			throw refusal('NOT_FOUND', 'This resource is not available here');
		const { httpStatusCode, body } = shownAnswer(answer);
		stopped = haltOnError === true && httpStatusCode >= 400;
		return { statusCode: httpStatusCode, result: body };
	});
	return json({ hasErrors: results.some(({ statusCode }) => statusCode >= 400), results });
}

const graphUrls = [
	[/^\/services\/data\/v[\d.]+\/sobjects\/\w+\/?$/, ['POST']],
	[/^\/services\/data\/v[\d.]+\/sobjects\/\w+\/[^/]+\/?$/, ['GET', 'PATCH', 'DELETE']],
	[/^\/services\/data\/v[\d.]+\/sobjects\/\w+\/\w+\/[^/]+\/?$/, ['GET', 'PATCH', 'DELETE', 'POST']],
] as const satisfies ReadonlyArray<readonly [RegExp, readonly string[]]>;

/** How many steps lead to a node at most. */
function depthOf(subrequests: Subrequest[]): number {
	const depths = new Map<string, number>();
	for (const { referenceId, url, body } of subrequests) {
		const used = [...`${url} ${JSON.stringify(body ?? null)}`.matchAll(/@\{([A-Za-z0-9_]+)/g)];
		const before = used.map(([, name = '']) => depths.get(name) ?? 0);
		depths.set(referenceId, 1 + Math.max(0, ...before));
	}
	return Math.max(0, ...depths.values());
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph_limits.htm */
function graph(call: Call): Answer {
	const { graphs } = objectBody(call.request);
	if (!Array.isArray(graphs)) throw refusal('JSON_PARSER_ERROR', 'The list graphs is required.');
	if (graphs.length > mostGraphs) {
		throw refusal('LIMIT_EXCEEDED', `Limit exceeded: ${mostGraphs} graphs are allowed.`);
	}
	const read = graphs.map((one: unknown) => {
		if (!isObject(one)) throw refusal('JSON_PARSER_ERROR', 'A graph must be an object.');
		const { graphId, compositeRequest } = one;
		return { graphId: String(graphId), subrequests: subrequestsOf(compositeRequest) };
	});
	const ids = new Set(read.map(({ graphId }) => graphId));
	if (ids.size < read.length) throw refusal('INVALID_INPUT', 'Every graphId must be unique.');
	for (const { subrequests } of read) checkUrls(subrequests);
	let nodes = 0;
	return json({
		graphs: read.map(({ graphId, subrequests }) => {
			nodes += subrequests.length;
			const limit =
				nodes > mostNodes ? `${mostNodes} reached for number of Nodes` : limitOf(subrequests);
			if (limit !== undefined) return limitReached(graphId, limit);
			const { answers, successful } = runAll(call, subrequests, true);
			const compositeResponse = withReference(answers, subrequests);
			return { graphId, graphResponse: { compositeResponse }, isSuccessful: successful };
		}),
	});
}

/** A graph that is too large is refused as a whole, inside of an answer that is none of a failure. */
const limitReached = (graphId: string, limit: string) => ({
	graphId,
	graphResponse: {
		compositeResponse: [
			{
				body: [{ errorCode: 'LIMIT_EXCEEDED', message: `Limit of ${limit} in the Graph` }],
				httpHeaders: {},
				httpStatusCode: 400,
				referenceId: null,
			},
		],
	},
	isSuccessful: false,
});

function limitOf(subrequests: Subrequest[]): string | undefined {
	if (depthOf(subrequests) > mostDepth) return `${mostDepth} reached for depth of Nodes`;
	const kinds = new Set(
		subrequests.map(({ method, url }) => `${method} ${url.split('/').slice(4, 6).join('/')}`),
	);
	return kinds.size > mostKinds ? `${mostKinds} reached for number of different Nodes` : undefined;
}

function checkUrls(subrequests: Subrequest[]): void {
	for (const { method, url } of subrequests) {
		const known = graphUrls.some(
			([pattern, methods]) =>
				pattern.test(url.split('?')[0] ?? '') &&
				methods.some((one) => one === method.toUpperCase()),
		);
		if (known) continue;
		throw refusal('INVALID_INPUT', `The URL ${url} is not allowed in a composite graph.`);
	}
}

export const compositeRoutes: Route[] = [
	{
		method: 'GET',
		path: '/composite',
		handle: ({ base }) =>
			json({
				tree: `${base}/composite/tree`,
				batch: `${base}/composite/batch`,
				sobjects: `${base}/composite/sobjects`,
				graph: `${base}/composite/graph`,
			}),
	},
	{ method: 'POST', path: '/composite', handle: composite },
	{ method: 'POST', path: '/composite/batch', handle: batch },
	{ method: 'POST', path: '/composite/graph', handle: graph },
];
