import type { INodeProperties } from 'n8n-workflow';
import type { Item } from '../../../shared/node/defineOperation';
import { chunksOf } from '../../../shared/node/fileContent';
import { fromList } from '../../../shared/node/fromList';
import type { FileSource } from '../../transport/files/multipart';
import type { Version } from '../../transport/files/versions';

export const inputFileField = {
	displayName: 'Input Binary Field',
	name: 'binaryPropertyName',
	type: 'string',
	required: true,
	default: 'data',
	hint: 'The name of the input binary field containing the file to be uploaded',
} as const satisfies INodeProperties;

export const documentField = {
	displayName: 'File',
	name: 'fileId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'id', value: '' },
	description: 'The file with all its versions (ContentDocument)',
	modes: [
		fromList('searchFiles', 'Select a file...'),
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 0695e000003AbCdEAK',
		},
	],
} as const satisfies INodeProperties;

export const fileNameOption = {
	displayName: 'File Name',
	name: 'fileName',
	type: 'string',
	default: '',
	description:
		'With its extension, which tells Salesforce the type. Default: the name of the file.',
} as const satisfies INodeProperties;

export const reasonOption = {
	displayName: 'Reason for Change',
	name: 'reasonForChange',
	type: 'string',
	default: '',
	description: 'Shown beside the version',
} as const satisfies INodeProperties;

export const descriptionOption = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	description: 'Of the version of the file',
} as const satisfies INodeProperties;

/** The file of an item as the new version takes it; read anew for each attempt. */
export async function sourceOf(
	item: Item,
	property: string,
	fileName: string | undefined,
): Promise<FileSource> {
	// The first time, to know name and size; not read.
	const first = await item.open(property);
	let unread: typeof first | undefined = first;
	return {
		field: 'VersionData',
		fileName: fileName || first.fileName || 'file',
		mimeType: first.mimeType || 'application/octet-stream',
		size: first.size,
		open: async () => {
			const file = unread ?? (await item.open(property));
			unread = undefined;
			return chunksOf(file);
		},
	};
}

/** "report.final.pdf" -> "report.final" */
export const titleOf = (fileName: string): string => fileName.replace(/(?<=.)\.[^.]*$/, '');

/** What is said of a version that was stored. */
export const versionRow = (version: Version) => ({
	contentDocumentId: version.ContentDocumentId,
	contentVersionId: version.Id,
	title: version.Title,
	fileExtension: version.FileExtension,
	size: version.ContentSize,
	checksum: version.Checksum,
	versionNumber: version.VersionNumber,
});
