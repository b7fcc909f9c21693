import { defineOperation } from '../../../shared/node/defineOperation';
import type { S3Client } from '../../transport/client';
import { mergeObjectTags, putObjectTags } from '../../transport/tagging';
import { bucketField, keyField, sameObject } from '../fields';
import { flatTexts, inRows } from './nameValues';
import { versionIdOption } from './readOptions';
import { tagFields } from './writeOptions';

export const setTags = defineOperation({
	name: 'Set Tags',
	value: 'setTags',
	action: 'Set the tags of an object',
	description: 'Set tags of an object: in place of all that it has, or besides them',
	repeatable: true,
	properties: [
		bucketField,
		keyField,
		{
			displayName: 'Mode',
			name: 'mode',
			type: 'options',
			options: [
				{ name: 'Merge', value: 'merge', description: 'Other tags of the object stay' },
				{ name: 'Replace', value: 'replace', description: 'The object has no other tags then' },
			],
			default: 'merge',
		},
		tagFields[0],
		// With "Replace" no tags means that all go.
		{ ...tagFields[1], typeOptions: { condition: true } },
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
	async execute(s3: S3Client, { bucket, key, mode, tags, tagsJson, options: { versionId } }) {
		const object = { bucket, key, versionId };
		const given = { ...flatTexts('Tags (JSON)', tagsJson), ...inRows('Tags', tags.rows) };
		const row = { bucket, key, ...(versionId && { versionId }) };
		if (mode === 'merge') return { ...row, tags: await mergeObjectTags(s3, object, given) };
		await putObjectTags(s3, object, given);
		return { ...row, tags: given };
	},
});
