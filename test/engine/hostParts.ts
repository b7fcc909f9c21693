import type { INodeExecutionData, INodeType } from 'n8n-workflow';

// What a host would give to the engine.

export const nothingIsWritten = async () => {
	throw new Error('not in tests');
};

// Absolute, or every getNodeParameter fails with "Invalid URL".
export const urls = Object.fromEntries(
	[
		'restApiUrl',
		'instanceBaseUrl',
		'webhookBaseUrl',
		'webhookTestBaseUrl',
		'webhookWaitingBaseUrl',
		'formBaseUrl',
		'formTestBaseUrl',
		'formWaitingBaseUrl',
		'mcpBaseUrl',
		'mcpTestBaseUrl',
	].map((name) => [name, `http://localhost/${name}`]),
);

/** The only foreign node type a test needs. */
export const start = {
	description: {
		displayName: 'Start',
		name: 'manualTrigger',
		group: ['trigger'],
		version: 1,
		description: '',
		defaults: { name: 'Start' },
		inputs: [],
		outputs: ['main'],
		properties: [],
	},
	execute: async function (this: { getInputData(): INodeExecutionData[] }) {
		return [this.getInputData()];
	},
} as unknown as INodeType;
