import { createHash } from 'node:crypto';
import path from 'node:path';
import { refusal } from '../errors.ts';
import { isDeleted, type Row, type Value } from '../store/row.ts';
import type { Behaviour } from './behaviour.ts';
import type { WriteContext } from './context.ts';

export const attachment: Behaviour = {
	beforeWrite(_, values) {
		if (Buffer.isBuffer(values.Body)) values.BodyLength = values.Body.length;
	},
};

/** A file is linked to a record once. */
export const contentDocumentLink: Behaviour = {
	beforeWrite({ org }, { ContentDocumentId = null, LinkedEntityId = null }, row) {
		if (row) return;
		const there = org.store
			.table('ContentDocumentLink')
			.having('ContentDocumentId', ContentDocumentId)
			.some((one) => !isDeleted(one) && one.values.LinkedEntityId === LinkedEntityId);
		if (!there) return;
		const message = `Document with ID: ${String(ContentDocumentId)} is already linked with the entity with ID: ${String(LinkedEntityId)}`;
		throw refusal('DUPLICATE_VALUE', message, ['LinkedEntityId']);
	},
};

/** What Salesforce calls the type of a file. */
const types: Record<string, string> = {
	txt: 'TEXT',
	csv: 'CSV',
	pdf: 'PDF',
	png: 'PNG',
	jpg: 'JPG',
	jpeg: 'JPEG',
	gif: 'GIF',
	json: 'JSON',
	xml: 'XML',
	html: 'HTML',
	zip: 'ZIP',
	doc: 'WORD',
	docx: 'WORD_X',
	xls: 'EXCEL',
	xlsx: 'EXCEL_X',
	ppt: 'POWER_POINT',
	pptx: 'POWER_POINT_X',
};

/**
 * A version without a document makes one, visible to its owner and, with FirstPublishLocationId, to
 * those who see that record.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentversion.htm
 */
export const contentVersion: Behaviour = {
	beforeWrite({ org }, values, row) {
		if (row) {
			if (values.VersionData === undefined) return;
			throw refusal(
				'INVALID_FIELD_FOR_INSERT_UPDATE',
				'Unable to create/update fields: VersionData. Please check the security settings of this field and verify that it is read/write for your profile or permission set.',
				['VersionData'],
			);
		}
		if (!Buffer.isBuffer(values.VersionData)) {
			throw refusal('REQUIRED_FIELD_MISSING', 'Please input values: [VersionData]', [
				'VersionData',
			]);
		}
		const bytes = values.VersionData;
		const file = path.posix.basename(String(values.PathOnClient ?? '').replaceAll('\\', '/'));
		const extension = path.posix.extname(file).slice(1);
		const document = documentOf(values.ContentDocumentId ?? null);
		values.Title ??= file.slice(0, file.length - (extension ? extension.length + 1 : 0)) || file;
		Object.assign(values, {
			ContentSize: bytes.length,
			Checksum: createHash('md5').update(bytes).digest('hex'),
			FileExtension: extension || null,
			FileType: types[extension.toLowerCase()] ?? 'UNKNOWN',
			IsLatest: true,
			VersionNumber: String(document ? versions(document.id).length + 1 : 1),
		});

		function documentOf(id: Value): Row | undefined {
			const found = typeof id === 'string' ? org.store.find(id) : undefined;
			return found && !isDeleted(found) ? found : undefined;
		}

		function versions(id: string): Row[] {
			return org.store.table('ContentVersion').having('ContentDocumentId', id);
		}
	},
	afterCreate(context, row) {
		const { store } = context.org;
		const { ContentDocumentId, OwnerId = null, FirstPublishLocationId = null } = row.values;
		if (typeof ContentDocumentId === 'string') {
			for (const one of store
				.table('ContentVersion')
				.having('ContentDocumentId', ContentDocumentId)) {
				if (one !== row && one.values.IsLatest === true) {
					store.change(one, { IsLatest: false }, context.userId);
				}
			}
			const document = store.find(ContentDocumentId);
			if (document) store.change(document, ofLatest(row), context.userId);
			return;
		}
		const document = store.add('ContentDocument', { ...ofLatest(row), OwnerId }, context.userId);
		store.change(row, { ContentDocumentId: document.id }, context.userId);
		link(context, document.id, OwnerId, 'I');
		if (FirstPublishLocationId !== OwnerId) link(context, document.id, FirstPublishLocationId, 'V');
	},
};

const ofLatest = ({ id, values }: Row): Record<string, Value> => ({
	LatestPublishedVersionId: id,
	Title: values.Title ?? null,
	Description: values.Description ?? null,
	FileType: values.FileType ?? null,
	FileExtension: values.FileExtension ?? null,
	ContentSize: values.ContentSize ?? null,
});

function link({ org, userId }: WriteContext, document: string, to: Value, ShareType: string): void {
	if (to === null) return;
	const values = { ContentDocumentId: document, LinkedEntityId: to, ShareType };
	org.store.add('ContentDocumentLink', values, userId);
}
