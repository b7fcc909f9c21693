import type { INodeProperties } from 'n8n-workflow';
import { invalidInput } from '../transport/failure';

// Options that choose among listed objects; S3 itself can only choose by the beginning of the key.

export const maxSizeField = {
	displayName: 'Max Size (Bytes)',
	name: 'maxSize',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description: 'Only objects of up to this size',
} as const satisfies INodeProperties;

export const minSizeField = {
	displayName: 'Min Size (Bytes)',
	name: 'minSize',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description: 'Only objects of at least this size',
} as const satisfies INodeProperties;

export const modifiedAfterField = {
	displayName: 'Modified After',
	name: 'modifiedAfter',
	type: 'dateTime',
	typeOptions: { condition: true },
	default: '',
	description:
		'Only objects last modified after this time. A time without an offset is one of the machine that n8n runs on.',
} as const satisfies INodeProperties;

export const modifiedBeforeField = {
	displayName: 'Modified Before',
	name: 'modifiedBefore',
	type: 'dateTime',
	typeOptions: { condition: true },
	default: '',
	description:
		'Only objects last modified before this time. A time without an offset is one of the machine that n8n runs on.',
} as const satisfies INodeProperties;

export const storageClassesField = {
	displayName: 'Storage Classes',
	name: 'storageClasses',
	type: 'string',
	typeOptions: { condition: true },
	default: '',
	placeholder: 'e.g. STANDARD,GLACIER',
	description: 'Only objects of these storage classes, separated by commas',
} as const satisfies INodeProperties;

export interface ObjectFilter {
	maxSize?: number;
	minSize?: number;
	modifiedAfter?: string;
	modifiedBefore?: string;
	storageClasses?: string;
}

interface Filtered {
	size?: number;
	lastModified?: string;
	storageClass?: string;
}

/** Whether a listed object is one of those asked for; `undefined` when all are. */
export function objectFilter(options: ObjectFilter): ((row: Filtered) => boolean) | undefined {
	const { maxSize = Infinity, minSize = 0, storageClasses = '' } = options;
	const after = timeOf(modifiedAfterField.displayName, options.modifiedAfter);
	const before = timeOf(modifiedBeforeField.displayName, options.modifiedBefore);
	const classes = storageClasses.split(',').flatMap((name) => name.trim().toUpperCase() || []);
	const all = [maxSize === Infinity, minSize <= 0, classes.length === 0, !after, !before];
	if (all.every(Boolean)) return undefined;
	return ({ size = 0, lastModified = '', storageClass }) => {
		const modified = Date.parse(lastModified);
		return (
			size <= maxSize &&
			size >= minSize &&
			(after === undefined || modified > after) &&
			(before === undefined || modified < before) &&
			// Listings leave out the class that is usual.
			(classes.length === 0 || classes.includes(storageClass ?? 'STANDARD'))
		);
	};
}

function timeOf(field: string, value = ''): number | undefined {
	if (value === '') return undefined;
	const time = Date.parse(value);
	if (!Number.isNaN(time)) return time;
	throw invalidInput(`"${field}" is not a time: "${value}"`);
}
