import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';
import { fromList } from '../../shared/node/fromList';

// The same words for the same things in all operations.

const bucketModes: INodePropertyMode[] = [
	fromList('searchBuckets', 'Select a bucket...'),
	{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. invoices-2026' },
];

const keyModes = (searchListMethod: string): INodePropertyMode[] => [
	fromList(searchListMethod, 'Select an object...'),
	{
		displayName: 'By Key',
		name: 'key',
		type: 'string',
		placeholder: 'e.g. 2026/11/invoice-17.pdf',
		hint: 'The full name of the object in the bucket, taken exactly as it is',
	},
];

/** A bucket that is there. */
export const bucketField = {
	displayName: 'Bucket Name',
	name: 'bucket',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: bucketModes,
} as const satisfies INodeProperties;

/** A bucket that is to be made. */
export const newBucketField = {
	displayName: 'Bucket Name',
	name: 'bucket',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. invoices-2026',
} as const satisfies INodeProperties;

/** An object that is there. */
export const keyField = {
	displayName: 'Object Key',
	name: 'key',
	type: 'resourceLocator',
	required: true,
	typeOptions: { loadOptionsDependsOn: ['bucket.value'] },
	default: { mode: 'key', value: '' },
	description: 'The full name of the object in the bucket, taken exactly as it is',
	modes: keyModes('searchObjects'),
} as const satisfies INodeProperties;

/** The key under which something is to be stored. */
export const newKeyField = {
	displayName: 'Object Key',
	name: 'key',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 2026/11/invoice-17.pdf',
	description: 'The full name of the object in the bucket, taken exactly as it is',
} as const satisfies INodeProperties;

/** Where the operation has two buckets: the one it writes to. */
export const destinationBucketField = {
	...bucketField,
	displayName: 'Destination Bucket Name',
} as const satisfies INodeProperties;

/** The key under which something is to be stored in the destination bucket. */
export const destinationKeyField = {
	...newKeyField,
	displayName: 'Destination Object Key',
} as const satisfies INodeProperties;

/** Where the operation has two buckets: the one it reads from. */
export const sourceBucketField = {
	...bucketField,
	displayName: 'Source Bucket Name',
	name: 'sourceBucket',
} as const satisfies INodeProperties;

/** An object in the source bucket. */
export const sourceKeyField = {
	...keyField,
	displayName: 'Source Object Key',
	name: 'sourceKey',
	typeOptions: { loadOptionsDependsOn: ['sourceBucket.value'] },
	modes: keyModes('searchSourceObjects'),
} as const satisfies INodeProperties;

const prefixModes = (searchListMethod: string): INodePropertyMode[] => [
	fromList(searchListMethod, 'Select a folder...'),
	{ displayName: 'Prefix', name: 'prefix', type: 'string', placeholder: 'e.g. 2026/11/' },
];

/** What keys begin with; empty for all. */
export const prefixField = {
	displayName: 'Prefix',
	name: 'prefix',
	type: 'resourceLocator',
	typeOptions: { loadOptionsDependsOn: ['bucket.value'] },
	default: { mode: 'prefix', value: '' },
	description: 'Only objects whose key begins with this. End it with a slash to mean a folder.',
	modes: prefixModes('searchPrefixes'),
} as const satisfies INodeProperties;

/** The same in the source bucket. */
export const sourcePrefixField = {
	...prefixField,
	displayName: 'Source Prefix',
	name: 'sourcePrefix',
	typeOptions: { loadOptionsDependsOn: ['sourceBucket.value'] },
	modes: prefixModes('searchSourcePrefixes'),
} as const satisfies INodeProperties;

/** Operations on the same bucket keep the order of the items. */
export const sameBucket = ({ bucket }: { bucket: string }): string => bucket;

/** Of objects: operations on the same one keep the order of the items. */
export const sameObject = ({ bucket, key }: { bucket: string; key: string }): string =>
	`${bucket}/${key}`;
