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
		{ displayName: 'Prefix', name: 'prefix', type: 'string', placeholder: 'e.g. incoming/' },
	],
} as const satisfies INodeProperties;

export const downloadField = {
	displayName: 'Download Content',
	name: 'download',
	type: 'boolean',
	default: false,
	description: 'Whether each item comes with the content of its object as a file',
} as const satisfies INodeProperties;

export const contentFileField = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	required: true,
	default: 'data',
	hint: 'The name of the output binary field to put the file in',
	displayOptions: { show: { download: [true] } },
} as const satisfies INodeProperties;

/** Members of the options: which keys are events. */
export const keyExclude = {
	displayName: 'Exclude',
	name: 'exclude',
	type: 'string',
	typeOptions: { rows: 2, condition: true },
	default: '',
	placeholder: 'e.g. **/*.tmp',
	description: 'Patterns of keys that are no events, one per line',
} as const satisfies INodeProperties;

export const keyInclude = {
	displayName: 'Include',
	name: 'include',
	type: 'string',
	typeOptions: { rows: 2, condition: true },
	default: '',
	placeholder: 'e.g. **/*.csv',
	description:
		'Patterns of the only keys that are events, one per line; empty means all. * and ? stand for anything but a slash, ** for any number of folders, {csv,gz} for alternatives.',
} as const satisfies INodeProperties;
