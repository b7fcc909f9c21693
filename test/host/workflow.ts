import type { Execution, Item, WorkflowFile, WorkflowNode } from '../../sandbox/host/rest.ts';
import { setting } from './setting.ts';

/** A Resilient S3 node with the shared credential. */
export function s3Node(
	name: string,
	parameters: Record<string, unknown>,
	settings: Record<string, unknown> = {},
): WorkflowNode {
	const id = setting().credentialId;
	return {
		id: name,
		name,
		type: 'n8n-nodes-resilient.s3',
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { resilientS3Api: { id, name: 'S3' } },
		...settings,
	};
}

/** Stores the text of an item under its key. */
export const uploadText = {
	resource: 'object',
	operation: 'upload',
	bucket: 'tests',
	key: '={{ $json.key }}',
	source: 'text',
	text: '={{ $json.text }}',
};

/** Where items can be looked at that a branch would otherwise only pass on. */
export function end(name: string): WorkflowNode {
	const type = 'n8n-nodes-base.noOp';
	return { id: name, name, type, typeVersion: 1, position: [0, 0], parameters: {} };
}

/**
 * Makes a workflow in n8n and runs it: a Manual Trigger with `rows` pinned to it, then `nodes` one
 * after the other by their first outputs.
 *
 * @param more further connections, [from, output, to]
 */
export async function runWorkflow(
	name: string,
	rows: Array<Record<string, unknown>>,
	nodes: WorkflowNode[],
	more: Array<[from: string, output: number, to: string]> = [],
): Promise<Execution> {
	const start: WorkflowNode = {
		id: 'Start',
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const connections: WorkflowFile['connections'] = {};
	const connect = (from: string, output: number, to: string) => {
		const outputs = (connections[from] ??= { main: [] }).main;
		while (outputs.length <= output) outputs.push([]);
		outputs[output]?.push({ node: to, type: 'main', index: 0 });
	};
	const branches = new Set(more.map(([, , to]) => to));
	const line = [start, ...nodes.filter((node) => !branches.has(node.name))];
	line.slice(1).forEach((node, index) => connect(line[index]?.name ?? '', 0, node.name));
	for (const [from, output, to] of more) connect(from, output, to);

	const { rest } = setting();
	const workflow = await rest.createWorkflow({
		name,
		nodes: [start, ...nodes],
		connections,
		pinData: { Start: rows.map((json) => ({ json })) },
	});
	return await rest.run(workflow, 'Start', 120_000);
}

/** Items of one output of a node, over all its runs. */
export function itemsOf(execution: Execution, node: string, output = 0): Item[] {
	return (execution.runs[node] ?? []).flatMap(({ data }) => data?.main[output] ?? []);
}

/**
 * Items that a trigger has begun executions with. An execution that was killed is there as crashed, with
 * its items; n8n puts an item of its own in the place of those that the trigger had given out already.
 */
export function itemsGivenOut(executions: Execution[], trigger: string): Item[] {
	return executions.flatMap((execution) => {
		const run = itemsOf(execution, trigger).filter(
			({ json }) => json.isArtificialRecoveredEventItem !== true,
		);
		return run.length > 0 ? run : execution.notBegun;
	});
}
