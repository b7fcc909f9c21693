import type {
	ILoadOptionsFunctions,
	INode,
	INodeListSearchResult,
	INodePropertyOptions,
	NodeApiError,
	ResourceMapperFields,
} from 'n8n-workflow';
import type { Engine } from './engine';

/** What somebody sees who opens a list of a field. */
export interface ShownList {
	values: unknown[];
	/** opens what comes after, where there is more */
	more?: () => Promise<ShownList>;
}

/** Which field of which node is looked at. */
export interface Field {
	/** of the node that answers */
	method: string;
	/** values of the other fields */
	parameters?: object;
	/** what was typed into the list */
	filter?: string;
	/** default: s3 */
	node?: keyof typeof CREDENTIALS;
}

const CREDENTIALS = {
	s3: 'resilientS3Api',
	ldap: 'resilientLdapApi',
	salesforce: 'resilientSalesforceOAuth2Api',
};

/** n8n's editor as far as the lists of fields go: asks the built node as the host does. */
export async function openList(engine: Engine, field: Field, token?: string): Promise<ShownList> {
	const { results, paginationToken } = await listOf(engine, field, token);
	return {
		values: results.map(({ value }) => value),
		...(paginationToken !== undefined && {
			more: async () => await openList(engine, field, String(paginationToken)),
		}),
	};
}

/** The names in the list rather than the values. */
export async function namesInList(engine: Engine, field: Field): Promise<string[]> {
	return (await listOf(engine, field)).results.map(({ name }) => name);
}

async function listOf(engine: Engine, field: Field, token?: string) {
	const { context, methods } = await contextOf(engine, field);
	const ask = methods?.listSearch?.[field.method] as (
		this: ILoadOptionsFunctions,
		filter?: string,
		token?: string,
	) => Promise<INodeListSearchResult>;
	return await ask.call(context, field.filter, token);
}

/** The choices of a field of options. */
export async function optionsOf(engine: Engine, field: Field): Promise<INodePropertyOptions[]> {
	const { context, methods } = await contextOf(engine, field);
	const ask = methods?.loadOptions?.[field.method] as (
		this: ILoadOptionsFunctions,
	) => Promise<INodePropertyOptions[]>;
	return await ask.call(context);
}

/** The fields of a resource mapper. */
export async function mapperOf(engine: Engine, field: Field): Promise<ResourceMapperFields> {
	const { context, methods } = await contextOf(engine, field);
	const ask = methods?.resourceMapping?.[field.method] as (
		this: ILoadOptionsFunctions,
	) => Promise<ResourceMapperFields>;
	return await ask.call(context);
}

async function contextOf(engine: Engine, { parameters, node: name = 's3' }: Field) {
	const { LoadOptionsContext } = await import('n8n-core');
	const { Workflow } = await import('n8n-workflow');
	const node = {
		id: 'e',
		name: 'E',
		type: `n8n-nodes-resilient.${name}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [CREDENTIALS[name]]: { id: 'bench', name } },
	} as INode;
	const nodeTypes = engine.nodeTypes();
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const additional = { ...engine.additionalData(), currentNodeParameters: parameters };
	const context = new LoadOptionsContext(workflow, node, additional as never, 'parameters');
	return { context, methods: nodeTypes.getByNameAndVersion(node.type).methods };
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
