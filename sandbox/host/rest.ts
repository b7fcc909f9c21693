import { setTimeout as wait } from 'node:timers/promises';
import type { Host } from './boot.ts';

/** The parts of a workflow file that n8n needs to make it. */
export interface WorkflowFile {
	name: string;
	nodes: WorkflowNode[];
	/** Items a node gives out instead of running. */
	pinData?: Record<string, Item[]>;
	connections: Record<
		string,
		{ main: Array<Array<{ node: string; type: string; index: number }>> }
	>;
	settings?: Record<string, unknown>;
}

export interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string | null; name: string }>;
	[setting: string]: unknown;
}

export interface Item {
	json: Record<string, unknown>;
	binary?: Record<string, Record<string, unknown>>;
	pairedItem?: unknown;
}

/** One run of one node within an execution. */
export interface NodeRun {
	executionTime: number;
	executionStatus: string;
	source: Array<{ previousNode: string; previousNodeOutput?: number } | null>;
	/** Items by output. */
	data?: { main: Array<Item[] | null> };
	error?: { message: string; description?: string };
}

export interface Execution {
	id: string;
	status: string;
	error?: { message: string; description?: string; node?: { name: string } };
	/** Runs by the name of the node. */
	runs: Record<string, NodeRun[]>;
	/** Items it was to begin with, where n8n was killed before their node had run. */
	notBegun: Item[];
	/** The execution exactly as n8n answered, to search in. */
	raw: string;
}

interface ExecutionContent {
	executionData?: { nodeExecutionStack?: Array<{ data: { main: Array<Item[] | null> } }> };
	resultData?: { runData?: Execution['runs']; error?: Execution['error'] };
}

const GOING_ON = ['new', 'running', 'waiting'];

export interface TestAnswer {
	status: 'OK' | 'Error';
	message: string;
}

/** n8n's REST interface as its editor uses it, signed in as the owner. */
export interface Rest {
	get(path: string): Promise<Response>;
	/** @returns id of the new credential */
	createCredential(name: string, type: string, data: object): Promise<string>;
	testCredential(id: string, name: string, type: string, data: object): Promise<TestAnswer>;
	/** @returns the workflow as n8n keeps it, with its id */
	createWorkflow(
		workflow: WorkflowFile,
	): Promise<WorkflowFile & { id: string; versionId?: string }>;
	/** Switches a workflow on, so that its triggers work. */
	activate(workflow: { id: string; versionId?: string }): Promise<void>;
	/**
	 * All executions of a workflow, whatever became of them.
	 * @param ended those that had ended when they were asked for before: these are not fetched again
	 */
	executionsOf(workflowId: string, ended?: Map<string, Execution>): Promise<Execution[]>;
	/**
	 * Runs a workflow from its trigger and waits for the end of it.
	 *
	 * @throws Error when it does not end within `withinMs`
	 */
	run(
		workflow: WorkflowFile & { id: string },
		trigger: string,
		withinMs?: number,
	): Promise<Execution>;
}

/** @throws Error with n8n's answer when it refuses the sign-in, or later a call */
export async function signIn(host: Host, signal?: AbortSignal): Promise<Rest> {
	// Executions are in the format of this library, and n8n has the version that fits.
	const { parse }: { parse(text: string): ExecutionContent | undefined } = host.require('flatted');
	// n8n ties the session to this header, whatever its value.
	const headers: Record<string, string> = { 'browser-id': 'sandbox' };

	const call = async (method: string, path: string, body?: object) => {
		const response = await fetch(`${host.url}${path}`, {
			method,
			headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
			...(body && { body: JSON.stringify(body) }),
			...(signal && { signal }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`n8n: ${method} ${path}: ${response.status} ${text}`);
		return { response, text };
	};
	const data = async <T>(method: string, path: string, body?: object): Promise<T> => {
		const { text } = await call(method, path, body);
		const answer: { data: T } = JSON.parse(text);
		return answer.data;
	};

	const { response } = await call('POST', '/rest/login', {
		emailOrLdapLoginId: host.email,
		password: host.password,
	});
	headers.cookie = response.headers
		.getSetCookie()
		.map((cookie) => cookie.split(';')[0])
		.join('; ');

	const execution = async (id: string): Promise<Execution> => {
		const { text } = await call('GET', `/rest/executions/${id}`);
		const answer: { data: { status: string; data: string } } = JSON.parse(text);
		// A running execution has nothing in it yet.
		const content: ExecutionContent = parse(answer.data.data) ?? {};
		return {
			id,
			status: answer.data.status,
			...(content.resultData?.error && { error: content.resultData.error }),
			runs: content.resultData?.runData ?? {},
			notBegun: (content.executionData?.nodeExecutionStack ?? []).flatMap(
				({ data: { main } }) => main[0] ?? [],
			),
			raw: text,
		};
	};

	return {
		get: async (path) => await fetch(`${host.url}${path}`, { headers }),
		async createCredential(name, type, content) {
			const { id } = await data<{ id: string }>('POST', '/rest/credentials', {
				name,
				type,
				data: content,
			});
			return id;
		},
		async testCredential(id, name, type, content) {
			return await data<TestAnswer>('POST', '/rest/credentials/test', {
				credentials: { id, name, type, data: content },
			});
		},
		async createWorkflow(workflow) {
			return await data('POST', '/rest/workflows', {
				settings: { executionOrder: 'v1' },
				...workflow,
			});
		},
		async activate({ id, versionId }) {
			await data('POST', `/rest/workflows/${id}/activate`, { versionId });
		},
		async executionsOf(workflowId, ended = new Map()) {
			const filter = encodeURIComponent(JSON.stringify({ workflowId }));
			const found: Execution[] = [];
			let lastId = '';
			for (;;) {
				const page = await data<{ results: Array<{ id: string }> }>(
					'GET',
					`/rest/executions?filter=${filter}&limit=100${lastId && `&lastId=${lastId}`}`,
				);
				for (const { id } of page.results) {
					const one = ended.get(id) ?? (await execution(id));
					if (!GOING_ON.includes(one.status)) ended.set(id, one);
					found.push(one);
				}
				if (page.results.length < 100) return found;
				lastId = page.results.at(-1)?.id ?? '';
			}
		},
		async run(workflow, trigger, withinMs = 60_000) {
			const { executionId } = await data<{ executionId: string }>(
				'POST',
				`/rest/workflows/${workflow.id}/run`,
				{ workflowData: workflow, triggerToStartFrom: { name: trigger } },
			);
			const until = Date.now() + withinMs;
			for (;;) {
				const state = await execution(executionId);
				if (!GOING_ON.includes(state.status)) return state;
				if (Date.now() > until) {
					throw new Error(
						`The workflow "${workflow.name}" was still ${state.status} after ${withinMs} ms.`,
					);
				}
				await wait(200, undefined, { signal });
			}
		},
	};
}
