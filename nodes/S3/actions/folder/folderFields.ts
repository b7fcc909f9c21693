import type { INodeProperties } from 'n8n-workflow';
import { prefixField, sourcePrefixField } from '../fields';

export const folderField = {
	...prefixField,
	displayName: 'Folder',
	name: 'folder',
	description:
		'What the keys in it begin with; the slash at its end may be left out. Empty for the top of the bucket.',
} as const satisfies INodeProperties;

/** Where the operation has two folders: the one it writes to. */
export const destinationFolderField = {
	...folderField,
	displayName: 'Destination Folder',
} as const satisfies INodeProperties;

/** A folder in the source bucket. */
export const sourceFolderField = {
	...sourcePrefixField,
	displayName: 'Source Folder',
	name: 'sourceFolder',
	description: folderField.description,
} as const satisfies INodeProperties;

/** The folder as the beginning of keys: with the slash, so that "logs" is not "logs2" as well. */
export const asFolder = (name: string): string =>
	name === '' || name.endsWith('/') ? name : `${name}/`;
