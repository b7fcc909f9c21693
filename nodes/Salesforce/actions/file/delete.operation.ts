import { defineOperation } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { deleteFile } from '../../transport/files/links';
import { recordId } from '../../transport/recordId';
import { documentField } from './fields';

export const deleteOperation = defineOperation({
	name: 'Delete',
	value: 'delete',
	action: 'Delete a file',
	description:
		'Delete a file with all its versions, for everybody who has it. It stays in the recycle bin for 15 days and is then gone for good.',
	repeatable: true,
	properties: [documentField],
	async execute(salesforce: SalesforceClient, { fileId }) {
		const contentDocumentId = recordId(fileId, 'File');
		await deleteFile(salesforce, contentDocumentId);
		return { contentDocumentId, deleted: true };
	},
});
