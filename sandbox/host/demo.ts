import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Execution, Rest, WorkflowFile } from './rest.ts';

/** The server behind a demo workflow, with what the workflow needs in it. */
export interface DemoSystem {
	/** What `{{name}}` stands for in the credentials file. */
	values: Record<string, string>;
	/** Everything the workflow left in the server: place -> content. */
	stored(): Record<string, string>;
	/** How often anything was changed so far; for demos that are run again. */
	changes?(): number;
	/** One sentence about what the server saw. */
	story(): string;
	close(): Promise<void>;
}

/** `sandbox/demo/<name>.expected.json`: what a run of the workflow must come to. */
interface Expected {
	/** Field of a failed item's input that tells people which item it is. */
	item: string;
	nodes: Record<string, { in?: number; out: number; failed?: number; look?: string }>;
	failed: Array<{ node: string; item: string; code: string }>;
	/** Place -> lines of the content. */
	stored: Record<string, string[]>;
	/** A second run must end as well, and change nothing. */
	runAgain?: boolean;
}

export interface NodeResult {
	workflow: string;
	node: string;
	in: number;
	out: number;
	/** Items on the Failed output; undefined for a node without one. */
	failed?: number;
	ms: number;
	look: string;
}

export interface FailedItem {
	node: string;
	item: string;
	code: string;
	message: string;
	hint: string;
}

export interface DemoResult {
	workflow: { id: string; name: string };
	nodes: NodeResult[];
	failed: FailedItem[];
	/** What differs from the expected outcome, one sentence each. */
	problems: string[];
}

/**
 * Makes the credentials and the workflow `sandbox/demo/<name>.*.json` in n8n, runs the workflow
 * once and compares the result with the expected one; some run again, which must change nothing.
 */
export async function runDemo(
	root: string,
	name: string,
	system: DemoSystem,
	rest: Rest,
): Promise<DemoResult> {
	const read = (part: string) =>
		readFileSync(path.join(root, 'sandbox', 'demo', `${name}.${part}.json`), 'utf8');
	const credentials: Array<{ name: string; type: string; data: object }> = JSON.parse(
		read('credentials').replace(/\{\{(\w+)\}\}/g, (_all, value: string) =>
			JSON.stringify(system.values[value] ?? '').slice(1, -1),
		),
	);
	const file: WorkflowFile = JSON.parse(read('workflow'));
	const expected: Expected = JSON.parse(read('expected'));

	for (const credential of credentials) {
		const id = await rest.createCredential(credential.name, credential.type, credential.data);
		for (const { credentials: used } of file.nodes) {
			const wanted = used?.[credential.type];
			if (wanted?.name === credential.name) wanted.id = id;
		}
	}
	const workflow = await rest.createWorkflow(file);
	const trigger = file.nodes.find(({ type }) => /trigger$/i.test(type))?.name ?? '';
	const execution = await rest.run(workflow, trigger);
	const nodes = nodeResults(file, execution, expected);
	const failed = failedItems(file, execution, expected.item);
	const problems = [
		...endProblems(execution),
		...countProblems(nodes, expected),
		...failedProblems(failed, expected),
		...storedProblems(system.stored(), expected),
	];
	if (expected.runAgain) {
		const before = system.changes?.();
		const again = await rest.run(workflow, trigger);
		problems.push(
			...endProblems(again),
			...countProblems(nodeResults(file, again, expected), expected),
			...(system.changes?.() === before ? [] : ['The second run changed something.']),
		);
	}
	return { workflow: { id: workflow.id, name: workflow.name }, nodes, failed, problems };
}

const items = (execution: Execution, node: string, output: number) =>
	(execution.runs[node] ?? []).flatMap(({ data }) => data?.main[output] ?? []);

function nodeResults(
	{ name: workflow, nodes }: WorkflowFile,
	execution: Execution,
	expected: Expected,
): NodeResult[] {
	return nodes
		.filter(({ type }) => !type.endsWith('.stickyNote'))
		.map(({ name: node }) => {
			const runs = execution.runs[node] ?? [];
			const expectation = expected.nodes[node];
			return {
				workflow,
				node,
				in: runs
					.flatMap(({ source }) => source)
					.flatMap((from) =>
						from ? items(execution, from.previousNode, from.previousNodeOutput ?? 0) : [],
					).length,
				out: items(execution, node, 0).length,
				...(hasFailedOutput(nodes, node) && { failed: items(execution, node, 1).length }),
				ms: runs.reduce((sum, { executionTime }) => sum + executionTime, 0),
				look: expectation?.look ?? '',
			};
		});
}

function hasFailedOutput(nodes: WorkflowFile['nodes'], name: string): boolean {
	const resilience = nodes.find((node) => node.name === name)?.parameters.resilience;
	return typeof resilience === 'object' && resilience !== null && 'failedOutput' in resilience;
}

function failedItems({ nodes }: WorkflowFile, execution: Execution, field: string): FailedItem[] {
	return nodes
		.filter(({ name }) => hasFailedOutput(nodes, name))
		.flatMap(({ name: node }) =>
			items(execution, node, 1).map(({ json }) => {
				const { input, error } = json;
				return {
					node,
					item: textOf(input, field),
					code: textOf(error, 'code'),
					message: textOf(error, 'message'),
					hint: textOf(error, 'hint'),
				};
			}),
		);
}

const textOf = (value: unknown, field: string) =>
	String(
		(typeof value === 'object' &&
			Object.entries(value ?? {}).find(([name]) => name === field)?.[1]) ||
			'',
	);

function endProblems({ status, error }: Execution): string[] {
	if (status === 'success') return [];
	const at = error?.node ? ` at "${error.node.name}"` : '';
	return [`The workflow ended with "${status}"${at}: ${error?.message ?? 'no reason given'}`];
}

function countProblems(results: NodeResult[], expected: Expected): string[] {
	return Object.entries(expected.nodes).flatMap(([node, wanted]) => {
		const result = results.find((candidate) => candidate.node === node);
		return (['in', 'out', 'failed'] as const)
			.filter((what) => wanted[what] !== undefined && result?.[what] !== wanted[what])
			.map((what) => `${node}: ${result?.[what] ?? 'no'} items "${what}", not ${wanted[what]}`);
	});
}

function failedProblems(failed: FailedItem[], expected: Expected): string[] {
	const shown = ({ node, item, code }: Pick<FailedItem, 'node' | 'item' | 'code'>) =>
		`${node}: ${item}: ${code}`;
	return differences('failed', failed.map(shown), expected.failed.map(shown));
}

function storedProblems(stored: Record<string, string>, expected: Expected): string[] {
	const shown = ([place, content]: [string, string]) => `${place}: ${JSON.stringify(content)}`;
	return differences(
		'stored',
		Object.entries(stored).map(shown),
		Object.entries(expected.stored).map(([place, lines]) => shown([place, lines.join('\n')])),
	);
}

function differences(what: string, actual: string[], wanted: string[]): string[] {
	return [
		...wanted.filter((one) => !actual.includes(one)).map((one) => `Not ${what}: ${one}`),
		...actual
			.filter((one, i) => !wanted.includes(one) || actual.indexOf(one) !== i)
			.map((one) => `Should not be ${what}: ${one}`),
	];
}
