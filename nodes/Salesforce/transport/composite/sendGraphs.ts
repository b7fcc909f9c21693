import type { Failure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { unreadable } from '../failure';
import { inRounds, notDone } from './inRounds';
import { culpritOf } from './sendComposite';
import type { Subrequest, Subresponse } from './subrequest';
import { addressOf, areReads, isHalted } from './subrequest';

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph_limits.htm
export const MOST_NODES = 500;
const MOST_GRAPHS = 75;
const MOST_FAILURES = 14;
/** Requests of different versions, methods or objects in one call. */
export const MOST_KINDS = 15;

export interface Graph {
	requests: Subrequest[];
}

interface GraphAnswer {
	graphId: string;
	graphResponse: { compositeResponse: Subresponse[] };
	isSuccessful: boolean;
}

/**
 * Graphs of requests that refer to each other, each done as a whole or not at all; as many in one call
 * as Salesforce takes.
 * @returns what became of each graph, in order: the answers to its requests, or why it was undone
 */
export async function sendGraphs(
	client: SalesforceClient,
	graphs: Graph[],
	settle?: (graph: Graph, result: Subresponse[] | Failure) => Promise<void>,
): Promise<Array<Subresponse[] | Failure>> {
	const version = await client.version();
	return await inRounds<Graph, Subresponse[]>(client, graphs, {
		packOf: (tasks) => packOf(tasks, version),
		send: async (pack) => await sendPack(client, pack, version),
		settle,
	});
}

function packOf(graphs: Graph[], version: string): Graph[] {
	let nodes = 0;
	const kinds = new Set<string>();
	const fits = ({ requests }: Graph, place: number) => {
		nodes += requests.length;
		for (const kind of kindsOf(requests, version)) kinds.add(kind);
		return place === 0 || (place < MOST_GRAPHS && nodes <= MOST_NODES && kinds.size <= MOST_KINDS);
	};
	const end = graphs.findIndex((graph, place) => !fits(graph, place));
	return end < 0 ? graphs : graphs.slice(0, end);
}

/** "POST /services/data/v68.0/sobjects/account" */
export const kindsOf = (requests: Subrequest[], version: string): Set<string> =>
	new Set(
		requests.map(({ method, url }) => {
			const [kind] = /^\/services\/data\/[^/]+\/sobjects\/[^/?]+/i.exec(
				addressOf(url, version),
			) ?? [url];
			return `${method} ${kind.toLowerCase()}`;
		}),
	);

async function sendPack(client: SalesforceClient, pack: Graph[], version: string) {
	const graphs = pack.map(({ requests }, n) => ({
		graphId: `graph${n}`,
		compositeRequest: requests.map((one) => ({ ...one, url: addressOf(one.url, version) })),
	}));
	const request = {
		operation: 'Composite graph',
		method: 'POST',
		path: '/composite/graph',
		json: { graphs },
		repeatable: areReads(pack.flatMap(({ requests }) => requests)),
	} as const;
	return await client.call(request, ({ json, status }) => {
		const { graphs: answered = [] } = (json ?? {}) as { graphs?: GraphAnswer[] };
		const answers = new Map(answered.map((answer) => [answer.graphId, answer]));
		// After so many, Salesforce does not look at the rest.
		const mayHaveStopped =
			[...answers.values()].filter(({ isSuccessful }) => !isSuccessful).length > MOST_FAILURES;
		return pack.map(({ requests }, n) => {
			const answer = answers.get(`graph${n}`);
			if (!answer) throw unreadable(status, JSON.stringify(json), 'not an answer for each graph');
			const responses = answer.graphResponse.compositeResponse;
			if (answer.isSuccessful) return responses;
			if (mayHaveStopped && responses.every(isHalted)) return notDone;
			return culpritOf(responses, requests, client) ?? notDone;
		});
	});
}
