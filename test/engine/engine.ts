import os from 'node:os';
import path from 'node:path';
import { cpSync, mkdtempSync } from 'node:fs';

// Importing n8n-core writes into the user folder and reads these.
process.env.N8N_USER_FOLDER ??= mkdtempSync(path.join(os.tmpdir(), 'n8n-engine-'));
process.env.N8N_ENCRYPTION_KEY ??= 'test';
process.env.N8N_LOG_LEVEL ??= 'silent';
// n8n 1.x knows only the modes that are named here.
process.env.N8N_AVAILABLE_BINARY_DATA_MODES ??= 'filesystem';

import type * as Core from 'n8n-core';
import type { Readable } from 'node:stream';
import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	IConnections,
	IDataObject,
	INode,
	INodeParameters,
	INodeExecutionData,
	IHookFunctions,
	INodeType,
	INodeTypes,
	IPollFunctions,
	IExecuteData,
	IHttpRequestOptions,
	IRun,
	IRunExecutionData,
	ITriggerFunctions,
	IWebhookData,
	IWebhookFunctions,
	IWorkflowExecuteAdditionalData,
	Workflow as WorkflowClass,
} from 'n8n-workflow';
import type * as N8nWorkflow from 'n8n-workflow';
import { nothingIsWritten, start, urls } from './hostParts';

export const root = path.resolve(__dirname, '..', '..');

export interface RunOptions {
	items?: INodeExecutionData[];
	/** called with the engine's run, to cancel it */
	started?: (run: { cancel(): void }) => void;
}

export interface EngineRun {
	run: IRun;
	/** items per output of the last run of the node */
	outputs(node: string): INodeExecutionData[][];
	errorOf(node: string): (Error & { description?: string; httpCode?: string }) | undefined;
}

/**
 * The built package where its `require('n8n-workflow')` finds the version in question, as it finds
 * that of the host once it is installed.
 */
function packageBeside(from: string): string {
	if (from === root) return root;
	const copy = path.join(from, 'package-under-test');
	cpSync(path.join(root, 'dist'), path.join(copy, 'dist'), { recursive: true, force: true });
	cpSync(path.join(root, 'package.json'), path.join(copy, 'package.json'));
	return copy;
}

export interface EngineOptions {
	/** folder from whose node_modules n8n-core and n8n-workflow are taken: another version of them */
	from?: string;
	/** folders of further node packages, n8n-nodes-base for one */
	packages?: string[];
	/** where files are: in the items, or on disk as in a host */
	binary?: 'memory' | 'filesystem';
}

function nodeOf({ nodes }: WorkflowClass): INode {
	const [node] = Object.values(nodes);
	if (!node) throw new Error('no node');
	return node;
}

/** n8n's own engine with the built package in it. */
export class Engine {
	credentials: Record<string, ICredentialDataDecryptedObject> = {};
	private readonly core: typeof Core;
	private readonly workflow: typeof N8nWorkflow;
	private readonly loaders: Core.LazyPackageDirectoryLoader[];

	private constructor(
		core: typeof Core,
		workflow: typeof N8nWorkflow,
		loaders: Core.LazyPackageDirectoryLoader[],
	) {
		this.core = core;
		this.workflow = workflow;
		this.loaders = loaders;
	}

	static async open({
		from = process.env.N8N_CORE_FROM ?? root,
		packages = [],
		binary = 'memory',
	}: EngineOptions = {}) {
		const load = <T>(name: string): T => require(require.resolve(name, { paths: [from] })) as T;
		load('reflect-metadata');
		const core = load<typeof Core>('n8n-core');
		const loaders = [];
		for (const folder of [packageBeside(from), ...packages]) {
			const loader = new core.LazyPackageDirectoryLoader(folder);
			await loader.loadAll();
			loaders.push(loader);
		}
		const engine = new Engine(core, load<typeof N8nWorkflow>('n8n-workflow'), loaders);
		await engine.keepFilesIn(binary, load);
		return engine;
	}

	/** The service of n8n that keeps files: to read results. */
	get files(): Core.BinaryDataService {
		return this.fileService;
	}
	private fileService!: Core.BinaryDataService;

	private async keepFilesIn(mode: 'memory' | 'filesystem', load: <T>(name: string) => T) {
		// A second copy of the container would know nothing of n8n-core's services.
		const { Container } = load<typeof import('@n8n/di')>('@n8n/di');
		this.fileService = Container.get(this.core.BinaryDataService);
		await this.fileService.init();
		// The mode is private; the host sets it from its environment, once per process.
		Object.assign(this.fileService, { mode: mode === 'memory' ? 'default' : 'filesystem-v2' });
	}

	/** A file as an earlier node would have left it. */
	async storeFile(
		content: Buffer | Readable,
		fileName: string,
		mimeType: string,
	): Promise<IBinaryData> {
		const binary = { data: '', mimeType, fileName };
		const store = this.fileService.store.bind(this.fileService);
		// n8n 1.x took workflow and execution as two arguments.
		if (store.length === 4)
			return await (store as (...args: unknown[]) => Promise<IBinaryData>)(
				'w1',
				'e1',
				content,
				binary,
			);
		return await store({ type: 'execution', workflowId: 'w1', executionId: 'e1' }, content, binary);
	}

	async run(node: Partial<INode>, options: RunOptions = {}): Promise<EngineRun> {
		const { core, workflow: wf } = this;
		const nodes = [
			{
				id: 't',
				name: 'T',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{ id: 'e', name: 'E', typeVersion: 1, position: [0, 0], parameters: {}, ...node },
		] as INode[];
		const connections: IConnections = { T: { main: [[{ node: 'E', type: 'main', index: 0 }]] } };
		const nodeTypes = this.nodeTypes();
		const workflow: WorkflowClass = new wf.Workflow({
			id: 'w1',
			name: 'w',
			nodes,
			connections,
			active: false,
			nodeTypes,
			settings: { executionOrder: 'v1' },
		});
		const startNode = workflow.getStartNode();
		if (!startNode) throw new Error('no start node');
		const executionData = {
			nodeExecutionStack: [
				{ node: startNode, data: { main: [options.items ?? [{ json: {} }]] }, source: null },
			],
		};
		const data = this.runDataOf(executionData);
		const hooks = new core.ExecutionLifecycleHooks('manual', 'e1', {
			id: 'w1',
			name: 'w',
			nodes,
			connections,
			active: false,
		} as never);
		const execution = new core.WorkflowExecute(this.additionalData(hooks), 'manual', data);
		const running = execution.processRunExecutionData(workflow);
		options.started?.(running);
		const run = await running;
		const last = (name: string) => run.data.resultData.runData[name]?.at(-1);
		return {
			run,
			outputs: (name) => (last(name)?.data?.main ?? []).map((items) => items ?? []),
			errorOf: (name) =>
				(last(name)?.error ?? run.data.resultData.error) as ReturnType<EngineRun['errorOf']>,
		};
	}

	/** A workflow of one node, as a host has it while it is active. */
	activeWorkflow(node: Partial<INode>, staticData: IDataObject = {}): WorkflowClass {
		const defaults = { id: 'e', name: 'E', typeVersion: 1, position: [0, 0], parameters: {} };
		return new this.workflow.Workflow({
			id: 'w1',
			name: 'w',
			nodes: [{ ...defaults, ...node } as INode],
			connections: {},
			active: true,
			nodeTypes: this.nodeTypes(),
			staticData,
			settings: { executionOrder: 'v1' },
		});
	}

	/** What n8n calls the trigger of that workflow with. */
	triggerContext(
		workflow: WorkflowClass,
		mode: 'manual' | 'trigger',
		emit: ITriggerFunctions['emit'],
		report: (error: Error) => void = () => {},
	): ITriggerFunctions {
		const node = nodeOf(workflow);
		const { TriggerContext } = this.core;
		const data = this.additionalData();
		return new TriggerContext(workflow, node, data, mode, 'activate', emit, report, report);
	}

	/** What n8n polls the trigger of that workflow with. */
	pollContext(workflow: WorkflowClass): IPollFunctions {
		const { PollContext } = this.core;
		const data = this.additionalData();
		return new PollContext(workflow, nodeOf(workflow), data, 'trigger', 'activate');
	}

	/** What n8n calls the webhook of that workflow with. */
	webhookContext(
		workflow: WorkflowClass,
		mode: 'manual' | 'webhook',
		httpRequest: object,
		httpResponse: object,
	): IWebhookFunctions {
		const node = nodeOf(workflow);
		const { WebhookContext } = this.core;
		const data = { ...this.additionalData(), httpRequest, httpResponse };
		return new WebhookContext(workflow, node, data, mode, this.webhookOf(workflow), [], null);
	}

	/** What n8n calls the methods of a webhook with when the workflow is switched on and off. */
	hookContext(workflow: WorkflowClass): IHookFunctions {
		const { HookContext } = this.core;
		const webhook = this.webhookOf(workflow);
		const data = this.additionalData();
		return new HookContext(workflow, nodeOf(workflow), data, 'trigger', 'activate', webhook);
	}

	private webhookOf(workflow: WorkflowClass): IWebhookData {
		const [webhookDescription] = this.typeOf(workflow).description.webhooks ?? [];
		if (!webhookDescription) throw new Error('no webhook');
		return {
			node: nodeOf(workflow).name,
			webhookDescription,
			path: 'p',
			httpMethod: 'POST',
			workflowId: 'w1',
			workflowExecuteAdditionalData: this.additionalData(),
		};
	}

	/** The type of the only node of a workflow. */
	typeOf(workflow: WorkflowClass): INodeType {
		const { type, typeVersion } = nodeOf(workflow);
		return this.nodeTypes().getByNameAndVersion(type, typeVersion);
	}

	/** n8n 1.x has no createRunExecutionData: there it is a plain object. */
	private runDataOf(executionData: { nodeExecutionStack: IExecuteData[] }): IRunExecutionData {
		const create: typeof N8nWorkflow.createRunExecutionData | undefined =
			this.workflow.createRunExecutionData;
		if (create) return create({ executionData });
		const empty = {
			contextData: {},
			metadata: {},
			waitingExecution: {},
			waitingExecutionSource: {},
		};
		const plain = { startData: {}, resultData: { runData: {} } };
		return {
			...plain,
			executionData: { ...empty, ...executionData },
		} as unknown as IRunExecutionData;
	}

	credentialsHelper() {
		const { loaders, credentials } = this;
		const typeOf = (name: string) => {
			const loader = loaders.find(({ known }) => name in known.credentials);
			if (!loader) throw new Error(`No package has the credential ${name}`);
			return loader.getCredential(name).type;
		};
		// As a host does: the defaults of fields that are not filled in may be expressions on the others.
		const resolved = (name: string): ICredentialDataDecryptedObject => {
			const { properties } = typeOf(name);
			const defaults = Object.fromEntries(properties.map((one) => [one.name, one.default]));
			const data = { ...defaults, ...credentials[name] } as ICredentialDataDecryptedObject;
			const { expression } = this.activeWorkflow({ type: 'n8n-nodes-base.manualTrigger' });
			const node = { name: 'E', parameters: {} } as INode;
			const values = data as INodeParameters;
			return expression.getComplexParameterValue(
				...[node, values, 'internal' as const, {}, undefined, undefined, data],
			) as ICredentialDataDecryptedObject;
		};
		const Base = this.workflow.ICredentialsHelper as unknown as new () => object;
		return new (class extends Base {
			getParentTypes = (name: string) => typeOf(name).extends ?? [];
			isCredentialUsableByNode = () => true;
			getCredentialsProperties = (name: string) => typeOf(name).properties;
			getDecrypted = async (_additional: unknown, _ref: unknown, name: string) =>
				typeOf(name).extends ? resolved(name) : (credentials[name] ?? {});
			authenticate = async (
				data: ICredentialDataDecryptedObject,
				name: string,
				request: IHttpRequestOptions,
			) => {
				const { authenticate } = typeOf(name);
				return typeof authenticate === 'function'
					? await authenticate(data, request)
					: await nothingIsWritten();
			};
			preAuthentication = async () => undefined;
			runPreAuthentication = async () => undefined;
			getCredentials = nothingIsWritten;
			// Older hosts write the token with all the rest.
			updateCredentials = async (
				_ref: unknown,
				name: string,
				data: ICredentialDataDecryptedObject,
			) => void (credentials[name] = data);
			updateCredentialsOauthTokenData = async (
				_ref: unknown,
				name: string,
				{ oauthTokenData }: ICredentialDataDecryptedObject,
			) =>
				void (credentials[name] = { ...credentials[name], oauthTokenData: oauthTokenData ?? {} });
		})();
	}

	additionalData(hooks?: unknown): IWorkflowExecuteAdditionalData {
		return {
			...urls,
			hooks,
			executionId: 'e1',
			variables: {},
			currentNodeExecutionIndex: 0,
			credentialsHelper: this.credentialsHelper(),
			logAiEvent() {},
			executeWorkflow: nothingIsWritten,
			startRunnerTask: nothingIsWritten,
			getRunExecutionData: async () => undefined,
			getRuntimeCredential: async () => undefined,
		} as unknown as IWorkflowExecuteAdditionalData;
	}

	nodeTypes(): INodeTypes {
		const getByName = (type: string) => {
			if (type === 'n8n-nodes-base.manualTrigger') return start;
			const [pkg, name = ''] = type.split('.');
			const loader = this.loaders.find(({ packageName }) => packageName === pkg);
			if (!loader) throw new this.core.UnrecognizedNodeTypeError(pkg ?? '', name);
			return loader.getNode(name).type;
		};
		return {
			getByName,
			getByNameAndVersion: (type, version) =>
				this.workflow.NodeHelpers.getVersionedNodeType(getByName(type), version),
			getKnownTypes: () => ({}),
		};
	}
}
