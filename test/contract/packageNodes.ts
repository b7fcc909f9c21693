import type {
	ICredentialType,
	INodeProperties,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(__dirname, '..', '..');

interface Manifest {
	name: string;
	n8n: { nodes: string[]; credentials: string[] };
}

const manifest: Manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

export interface PackageNode {
	/** as workflows name it: "n8n-nodes-resilient.s3" */
	type: string;
	/** of the compiled node */
	file: string;
	node: INodeType;
	operations: NodeOperation[];
}

/** One operation as the description of the node shows it. */
export interface NodeOperation {
	resource: string;
	operation: string;
	option: INodePropertyOptions;
	/** the fields that belong to it */
	properties: INodeProperties[];
}

/** All nodes that n8n would load from the built package. */
export const packageNodes: PackageNode[] = manifest.n8n.nodes.map((file) => {
	const node = instanceOf<INodeType>(file);
	return {
		type: `${manifest.name}.${node.description.name}`,
		file: path.join(root, file),
		node,
		operations: operationsOf(node.description.properties),
	};
});

/** Those that work on items; the others start workflows. */
export const actionNodes = packageNodes.filter(({ node }) => node.execute !== undefined);

export const packageCredentials: ICredentialType[] = manifest.n8n.credentials.map((file) =>
	instanceOf<ICredentialType>(file),
);

function instanceOf<T>(file: string): T {
	const exported: Record<string, new () => T> = require(path.join(root, file));
	const Class = exported[path.basename(file).split('.')[0] ?? ''];
	if (!Class) throw new Error(`${file} exports no class of its name`);
	return new Class();
}

/** The choices of an `options` property. */
export function choicesOf({ options = [] }: INodeProperties): INodePropertyOptions[] {
	return options.filter((option): option is INodePropertyOptions => 'value' in option);
}

function shownFor({ displayOptions }: INodeProperties, name: string, value: string): boolean {
	return displayOptions?.show?.[name]?.includes(value) ?? false;
}

function operationsOf(properties: INodeProperties[]): NodeOperation[] {
	const named = (name: string) => properties.filter((property) => property.name === name);
	return named('resource')
		.flatMap(choicesOf)
		.flatMap(({ value }) => {
			const resource = String(value);
			const ofResource = properties.filter((one) => shownFor(one, 'resource', resource));
			return ofResource
				.filter(({ name }) => name === 'operation')
				.flatMap(choicesOf)
				.map((option) => {
					const operation = String(option.value);
					const own = ofResource.filter((one) => shownFor(one, 'operation', operation));
					return { resource, operation, option, properties: own };
				});
		});
}
