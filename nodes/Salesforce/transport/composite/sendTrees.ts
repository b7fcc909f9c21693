import { Failure } from '../../../shared/resilience/failure';
import { errorsIn } from '../errorAnswer';
import { rowFailure, salesforceFailure, unreadable } from '../failure';
import type { SalesforceClient } from '../client';
import { path } from '../path';
import { inRounds, notDone } from './inRounds';
import type { Tree } from './tree';
import { MOST_RECORDS, MOST_TYPES } from './tree';

interface TreeAnswer {
	hasErrors: boolean;
	results: Array<{ referenceId: string; id?: string; errors?: unknown }>;
}

/** IDs of the records of a tree, by their reference IDs. */
export type TreeIds = Map<string, string>;

/**
 * Creates trees of records, each as a whole or not at all; as many in one request as Salesforce takes.
 * It creates nothing of a request that has one bad record: the trees without one are sent again.
 * @returns what became of each tree, in order
 */
export async function sendTrees(
	client: SalesforceClient,
	object: string,
	trees: Tree[],
	settle?: (tree: Tree, result: TreeIds | Failure) => Promise<void>,
): Promise<Array<TreeIds | Failure>> {
	return await inRounds<Tree, TreeIds>(client, trees, {
		packOf,
		send: async (pack) => await sendPack(client, object, pack),
		settle,
	});
}

function packOf(trees: Tree[]): Tree[] {
	let records = 0;
	const types = new Set<string>();
	const end = trees.findIndex((tree, place) => {
		records += tree.places.size;
		for (const type of tree.types) types.add(type);
		return place > 0 && (records > MOST_RECORDS || types.size > MOST_TYPES);
	});
	return end < 0 ? trees : trees.slice(0, end);
}

async function sendPack(client: SalesforceClient, object: string, pack: Tree[]) {
	const request = {
		operation: 'Create trees',
		about: `${object} records`,
		method: 'POST',
		path: path`/composite/tree/${object}`,
		json: { records: pack.map(({ record }) => record) },
		accept: [400],
		repeatable: false,
	} as const;
	return await client.call(request, ({ status, headers, json }) => {
		if (!isTreeAnswer(json))
			throw salesforceFailure(status, headers, JSON.stringify(json), client.clock.now());
		if (!json.hasErrors) return pack.map((tree) => idsOf(tree, json));
		const outcomes = pack.map((tree) => errorOf(tree, json, client));
		if (outcomes.some((outcome) => outcome !== notDone)) return outcomes;
		throw unreadable(status, JSON.stringify(json), 'errors, but of no record').inPhase('rejected');
	});
}

const isTreeAnswer = (json: unknown): json is TreeAnswer =>
	typeof json === 'object' && json !== null && 'hasErrors' in json && 'results' in json;

function idsOf({ places }: Tree, { results }: TreeAnswer): TreeIds {
	const ids: TreeIds = new Map();
	for (const { referenceId, id } of results)
		if (id !== undefined && places.has(referenceId)) ids.set(referenceId, id);
	if (ids.size === places.size) return ids;
	throw unreadable(201, JSON.stringify(results), 'not an ID for each record');
}

/** Salesforce names the records that are to blame. */
function errorOf(
	{ places }: Tree,
	{ results }: TreeAnswer,
	{ redact }: SalesforceClient,
): Failure | typeof notDone {
	const failures = results.flatMap(({ referenceId, errors }) => {
		const place = places.get(referenceId);
		return place === undefined
			? []
			: errorsIn(errors).map(({ code, ...error }) => ({
					place,
					failure: rowFailure({ statusCode: code, ...error }),
				}));
	});
	const [first] = failures;
	if (!first) return notDone;
	const words = failures.map(
		({ place, failure: { code, message } }) => `${place}: ${code}: ${message}`,
	);
	return new Failure({
		...first.failure,
		message: redact.text(
			`${words.join('; ').replace(/\.$/, '')}. No record of this tree was created.`,
		),
		cause: first.failure,
	});
}
