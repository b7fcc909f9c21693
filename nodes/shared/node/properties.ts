import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';
import type { Resource } from './defineOperation';
import { resilienceFields } from './resilienceFields';

/**
 * All properties of a node: the resource choice, the operation choice of each resource, every
 * property shown only for its own resource and operation, and the Resilience options.
 */
export const propertiesOf = <Client>(resources: Array<Resource<Client>>): INodeProperties[] => [
	choice('Resource', 'resource', resources),
	...resources.flatMap(({ value: resource, operations }) => [
		...updateDisplayOptions({ show: { resource: [resource] } }, [
			choice('Operation', 'operation', operations),
		]),
		...operations.flatMap(({ value: operation, properties }) =>
			updateDisplayOptions(
				{ show: { resource: [resource], operation: [operation] } },
				properties as INodeProperties[],
			),
		),
	]),
	resilienceFields,
];

interface Choosable {
	name: string;
	value: string;
	action?: string;
	description?: string;
	preselected?: true;
}

function choice(displayName: string, name: string, entries: Choosable[]): INodeProperties {
	const options = entries.map(({ name, value, action, description }) => ({
		name,
		value,
		...(action && { action }),
		...(description && { description }),
	}));
	return {
		displayName,
		name,
		type: 'options',
		noDataExpression: true,
		options,
		// The list itself stays in alphabetical order.
		default: (entries.find(({ preselected }) => preselected) ?? entries[0])?.value ?? '',
	};
}
