import type {
	ILoadOptionsFunctions,
	INode,
	INodeListSearchResult,
	NodeApiError,
} from 'n8n-workflow';
import type { Engine } from './engine';

/** What somebody sees who opens a list of a field. */
export interface ShownList {
	values: unknown[];
	/** opens what comes after, where there is more */
	more?: () => Promise<ShownList>;
}

/** n8n's editor as far as the lists of fields go: asks the built node as the host does. */
export async function openList(
	engine: Engine,
	{ method, parameters, filter }: { method: string; parameters?: object; filter?: string },
	token?: string,
): Promise<ShownList> {
	const { LoadOptionsContext } = await import('n8n-core');
	const { Workflow } = await import('n8n-workflow');
	const node = {
		id: 'e',
		name: 'E',
		type: 'n8n-nodes-resilient.s3',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { resilientS3Api: { id: 'bench', name: 'S3' } },
	} as INode;
	const nodeTypes = engine.nodeTypes();
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const additional = { ...engine.additionalData(), currentNodeParameters: parameters };
	const context = new LoadOptionsContext(workflow, node, additional as never, 'parameters');
	const methods = nodeTypes.getByNameAndVersion(node.type).methods?.listSearch;
	const ask = methods?.[method] as (
		this: ILoadOptionsFunctions,
		filter?: string,
		token?: string,
	) => Promise<INodeListSearchResult>;
	const { results, paginationToken } = await ask.call(context, filter, token);
	return {
		values: results.map(({ value }) => value),
		...(paginationToken !== undefined && {
			more: async () =>
				await openList(engine, { method, parameters, filter }, String(paginationToken)),
		}),
	};
}

/** The error that is shown in place of the list. */
export async function errorOf(list: Promise<unknown>): Promise<NodeApiError> {
	try {
		await list;
	} catch (error) {
		return error as NodeApiError;
	}
	throw new Error('There should be no list');
}
