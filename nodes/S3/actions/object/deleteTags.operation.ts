import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { deleteObjectTags, getObjectTags, putObjectTags } from '../../transport/tagging';
import { bucketField, keyField, sameObject } from '../fields';
import { versionIdOption } from './readOptions';

export const deleteTags = defineOperation({
	name: 'Delete Tags',
	value: 'deleteTags',
	action: 'Delete the tags of an object',
	description: 'Delete all tags of an object, or some of them, for good. The object itself stays.',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Tag Keys',
			name: 'tagKeys',
			type: 'string',
			typeOptions: { condition: true },
			default: '',
			placeholder: 'e.g. project, stage',
			description: 'Only these tags, separated by commas; empty for all',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [versionIdOption],
		},
	],
	inOrder: sameObject,
	async execute(s3: S3Client, { bucket, key, tagKeys, options: { versionId } }) {
		const object = { bucket, key, versionId };
		const unwanted = tagKeys.split(',').map((name) => name.trim());
		const left = tagKeys.trim() === '' ? {} : without(await getObjectTags(s3, object), unwanted);
		if (Object.keys(left).length > 0) await putObjectTags(s3, object, left);
		else await deleteObjectTags(s3, object);
		return { bucket, key, ...(versionId && { versionId }), tags: left };
	},
});

const without = (tags: Record<string, string>, names: string[]): Record<string, string> =>
	Object.fromEntries(Object.entries(tags).filter(([name]) => !names.includes(name)));
