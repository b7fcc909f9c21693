import type { INodeProperties } from 'n8n-workflow';
import type { Glob } from '../../shared/ground/glob';
import { glob } from '../../shared/ground/glob';
import { allowed } from '../transport/headerValues';

// Patterns of keys: `*` and `?` for anything but a slash, `**` for any number of folders, `[a-z]`,
// `[!a-z]`, `{a,b}`, `{1..12}`, and `\` before a character that is meant as it is.

export const patternField = {
	displayName: 'Pattern',
	name: 'pattern',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. logs/**/2026-*.{csv,gz}',
	description:
		'Of the whole key. * and ? stand for anything but a slash, ** for any number of folders, [a-z] and [!a-z] for a character, {csv,gz} and {1..12} for alternatives. Put a backslash before a character that is meant as it is.',
} as const satisfies INodeProperties;

export const excludeField = {
	displayName: 'Exclude',
	name: 'exclude',
	type: 'string',
	typeOptions: { rows: 2, condition: true },
	default: '',
	placeholder: 'e.g. **/tmp/**',
	description: 'Patterns of keys to leave out, one per line',
} as const satisfies INodeProperties;

export const includeField = {
	displayName: 'Include',
	name: 'include',
	type: 'string',
	typeOptions: { rows: 2, condition: true },
	default: '',
	placeholder: 'e.g. **/*.csv',
	description: 'Patterns of the only keys to take, one per line. Empty for all.',
} as const satisfies INodeProperties;

export const compiled = (pattern: string): Glob => allowed(() => glob(pattern));
