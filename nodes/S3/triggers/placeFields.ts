import type { INodeProperties } from 'n8n-workflow';
import { fromList } from '../../shared/node/fromList';

/** The bucket that a trigger is about. */
export const watchedBucket = {
	displayName: 'Bucket',
	name: 'bucket',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		fromList('searchBuckets', 'Select a bucket...'),
		{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. invoices' },
	],
} as const satisfies INodeProperties;

/** What the keys of its objects begin with. */
export const watchedPrefix = {
	displayName: 'Prefix',
	name: 'prefix',
	type: 'resourceLocator',
	typeOptions: { loadOptionsDependsOn: ['bucket.value'] },
	default: { mode: 'prefix', value: '' },
	description:
		'Only objects whose key begins with this. End it with a slash to mean a folder. Only these are listed, so a narrow prefix saves requests.',
	modes: [
		fromList('searchPrefixes', 'Select a folder...'),
		{ displayName: 'By Prefix', name: 'prefix', type: 'string', placeholder: 'e.g. incoming/' },
	],
} as const satisfies INodeProperties;
