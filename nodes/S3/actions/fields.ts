import type { INodeProperties } from 'n8n-workflow';
import { invalidInput } from '../transport/failure';

// The same words for the same things in all operations.

export const bucketField = {
	displayName: 'Bucket Name',
	name: 'bucket',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. invoices-2026',
} as const satisfies INodeProperties;

export const keyField = {
	displayName: 'Object Key',
	name: 'key',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 2026/11/invoice-17.pdf',
	description: 'The full name of the object in the bucket, taken exactly as it is',
} as const satisfies INodeProperties;

export const limitField = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	displayOptions: { show: { returnAll: [false] } },
	default: 50,
	description: 'Max number of results to return',
} as const satisfies INodeProperties;

/** Of objects: operations on the same one keep the order of the items. */
export const sameObject = ({ bucket, key }: { bucket: string; key: string }): string =>
	`${bucket}/${key}`;

/** How many rows: an expression may give less than the field allows. */
export function rowLimit(returnAll: boolean, limit: number): number {
	if (returnAll) return Infinity;
	if (limit >= 1) return Math.floor(limit);
	throw invalidInput(`"Limit" must be 1 or more, but is ${limit}`);
}
