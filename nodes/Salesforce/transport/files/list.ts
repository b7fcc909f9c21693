import type { SalesforceClient } from '../client';
import { queryPages } from '../query/pages';
import { quote } from '../query/quote';

/** A file of a record. */
export interface ListedFile {
	/** of the file, or of the attachment: what "Download" takes */
	fileId: string;
	kind: 'file' | 'attachment';
	name: string;
	fileExtension: string | null;
	contentType: string | null;
	/** in bytes */
	size: number;
	/** the newest one, of a file */
	contentVersionId: string | null;
	createdDate: string;
	lastModifiedDate: string;
}

interface LinkRow {
	ContentDocumentId: string;
	ContentDocument: {
		Title: string;
		FileExtension: string | null;
		ContentSize: number;
		LatestPublishedVersionId: string | null;
		CreatedDate: string;
		LastModifiedDate: string;
	};
}

interface AttachmentRow {
	Id: string;
	Name: string;
	ContentType: string | null;
	BodyLength: number;
	CreatedDate: string;
	LastModifiedDate: string;
}

const LINKS =
	'SELECT ContentDocumentId, ContentDocument.Title, ContentDocument.FileExtension, ContentDocument.ContentSize, ContentDocument.LatestPublishedVersionId, ContentDocument.CreatedDate, ContentDocument.LastModifiedDate FROM ContentDocumentLink WHERE LinkedEntityId = ';
const ATTACHMENTS =
	'SELECT Id, Name, ContentType, BodyLength, CreatedDate, LastModifiedDate FROM Attachment WHERE ParentId = ';

/** The files of a record, then its attachments. */
export async function filesOf(
	client: SalesforceClient,
	record: string,
	limit: number,
	attachments: boolean,
): Promise<ListedFile[]> {
	const files: ListedFile[] = [];
	const take = async (soql: string, listed: (row: never) => ListedFile) => {
		const left = limit - files.length;
		if (left <= 0) return;
		for await (const page of queryPages(client, soql + quote(record), { limit: left }))
			for (const row of page) files.push(listed(row as never));
	};
	await take(LINKS, ({ ContentDocumentId, ContentDocument: document }: LinkRow) => ({
		fileId: ContentDocumentId,
		kind: 'file',
		name: document.Title,
		fileExtension: document.FileExtension,
		contentType: null,
		size: document.ContentSize,
		contentVersionId: document.LatestPublishedVersionId,
		createdDate: document.CreatedDate,
		lastModifiedDate: document.LastModifiedDate,
	}));
	if (attachments)
		await take(ATTACHMENTS, (attachment: AttachmentRow) => ({
			fileId: attachment.Id,
			kind: 'attachment',
			name: attachment.Name,
			fileExtension: null,
			contentType: attachment.ContentType,
			size: attachment.BodyLength,
			contentVersionId: null,
			createdDate: attachment.CreatedDate,
			lastModifiedDate: attachment.LastModifiedDate,
		}));
	return files;
}
