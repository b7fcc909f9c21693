import type { INodeProperties } from 'n8n-workflow';
import { text } from 'node:stream/consumers';
import type { SalesforceClient } from '../../../nodes/Salesforce/transport/client';
import type { AnyOperation, InputFile, Item } from '../../../nodes/shared/node/defineOperation';
import { readInput } from '../../../nodes/shared/node/readInput';

/** Files by the name of their binary field. */
type Files = Record<string, InputFile>;

/**
 * Runs an operation for one item, as the node does it; what is not given has its default.
 * @returns what it answers, and the contents of the files it saved
 */
export async function act(
	operation: AnyOperation<SalesforceClient>,
	client: SalesforceClient,
	given: Record<string, unknown>,
	files: Files = {},
) {
	const saved: string[] = [];
	const item: Item = {
		open: async (property) => {
			const file = files[property];
			if (!file) throw new Error(`no file "${property}"`);
			return file;
		},
		save: async (body, { fileName, mimeType = '' }) => {
			saved.push(await text(body));
			return { data: '', mimeType, fileName };
		},
	};
	const properties = operation.properties as INodeProperties[];
	const defaults = Object.fromEntries(properties.map(({ name, default: value }) => [name, value]));
	const parameters = { ...defaults, ...given };
	const context = {
		getNode: () => ({ parameters }) as never,
		getNodeParameter: (name: string) => (parameters as Record<string, unknown>)[name],
	};
	const answer = await operation.execute?.(client, readInput(context, properties, 0), item);
	return { answer, saved };
}
