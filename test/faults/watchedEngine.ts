import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { Engine } from '../engine/engine';

/** One call of a node's `execute` by the engine. */
export interface Execution {
	startedAt: number;
	/** ms since 1970; absent while it runs */
	endedAt?: number;
	error?: unknown;
}

export interface WatchedEngine {
	engine: Engine;
	/** in order; a retry of n8n is one more */
	executions: Execution[];
	/** further node types, by "package.name" */
	nodeTypes: Record<string, INodeType>;
}

/**
 * The engine, with an eye on when the node itself returns: after a cancel n8n ends the run at once,
 * whether or not the node has noticed.
 */
export async function openWatchedEngine(
	options?: Parameters<typeof Engine.open>[0],
): Promise<WatchedEngine> {
	const engine = await Engine.open(options);
	const executions: Execution[] = [];
	const nodeTypes: Record<string, INodeType> = {};
	const watched = (node: INodeType): INodeType => {
		const { execute } = node;
		if (!execute || node.description.group.includes('trigger')) return node;
		const watching = async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			const execution: Execution = { startedAt: Date.now() };
			executions.push(execution);
			try {
				return ((await execute.call(this)) ?? []) as INodeExecutionData[][];
			} catch (error) {
				execution.error = error;
				throw error;
			} finally {
				execution.endedAt = Date.now();
			}
		};
		return Object.create(node, { execute: { value: watching } }) as INodeType;
	};
	const known = engine.nodeTypes.bind(engine);
	engine.nodeTypes = () => {
		const types = known();
		return {
			...types,
			getByName: (type) => nodeTypes[type] ?? types.getByName(type),
			getByNameAndVersion: (type, version) =>
				watched(nodeTypes[type] ?? types.getByNameAndVersion(type, version)),
		};
	};
	return { engine, executions, nodeTypes };
}
