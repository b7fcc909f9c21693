import { defineBatchOperation } from '../../../shared/node/defineOperation';
import { Failure, invalidInput, toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import type { Graph } from '../../transport/composite/sendGraphs';
import { kindsOf, MOST_KINDS, MOST_NODES, sendGraphs } from '../../transport/composite/sendGraphs';
import type { Subrequest } from '../../transport/composite/subrequest';
import { outputField, requestsFields } from './fields';
import { requestsIn } from './requestsIn';
import { responseRows } from './responses';

export const graph = defineBatchOperation({
	name: 'Execute Graph',
	value: 'graph',
	action: 'Execute a graph of requests',
	description:
		'Do up to 500 requests that refer to each other, all of them or none: a graph for each item, and the graphs of up to 75 items in one call. They may change or delete records.',
	repeatable: false,
	properties: [...requestsFields, outputField],
	batchSize: Infinity,
	async executeAll(salesforce: SalesforceClient, inputs, settle) {
		const version = await salesforce.version();
		const results: Array<ReturnType<typeof responseRows> | Failure> = [];
		const inputOf = new Map<Graph, number>();
		for (const [n, input] of inputs.entries()) {
			try {
				const requests = requestsIn(input, { most: MOST_NODES, inOrder: false });
				checkKinds(requests, version);
				inputOf.set({ requests }, n);
			} catch (error) {
				results[n] = toFailure(error);
			}
		}
		await sendGraphs(salesforce, [...inputOf.keys()], async (task, result) => {
			const n = inputOf.get(task) ?? -1;
			const { output = 'each' } = inputs[n] ?? {};
			const row = result instanceof Failure ? result : responseRows(result, output);
			results[n] = row;
			await settle?.(n, row);
		});
		return results;
	},
});

function checkKinds(requests: Subrequest[], version: string): void {
	const kinds = kindsOf(requests, version);
	if (kinds.size <= MOST_KINDS) return;
	throw invalidInput(
		`The graph has ${kinds.size} kinds of requests, but one call takes ${MOST_KINDS}`,
		'Requests are of the same kind when object, method and version are the same. Spread them over several items.',
	);
}
