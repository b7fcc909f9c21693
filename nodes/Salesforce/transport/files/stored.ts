import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Failure, invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { path, withQuery } from '../path';
import { keyPrefixOf } from '../recordId';
import { latestVersionOf, readVersion } from './versions';

/** A file of an org, wherever it is kept there. */
export interface StoredFile {
	/** of the record that has the content */
	id: string;
	contentDocumentId?: string;
	fileName: string;
	mimeType?: string;
	/** in bytes, where Salesforce says it */
	size?: number;
	/** MD5 in hex, where Salesforce keeps it */
	checksum?: string;
	versionNumber?: string;
	/** of the content, below the root of the API version */
	content: string;
}

type Find = (client: SalesforceClient, id: string) => Promise<StoredFile>;

const findVersion: Find = async (client, id) => {
	const version = await readVersion(client, id);
	const { ContentDocumentId, Title, FileExtension, ContentSize, Checksum, VersionNumber } = version;
	if (version.ContentUrl)
		throw invalidInput(
			`"${Title}" is a link to ${version.ContentUrl}: Salesforce does not have its content`,
		);
	const suffix = FileExtension ? `.${FileExtension}` : '';
	const named = Title.toLowerCase().endsWith(suffix.toLowerCase());
	return {
		id: version.Id,
		contentDocumentId: ContentDocumentId,
		fileName: named ? Title : Title + suffix,
		size: ContentSize ?? undefined,
		checksum: Checksum?.toLowerCase() || undefined,
		versionNumber: VersionNumber ?? undefined,
		content: path`/sobjects/ContentVersion/${version.Id}/VersionData`,
	};
};

interface Body {
	Id: string;
	Name: string;
	ContentType: string | null;
	BodyLength: number | null;
}

const findBody =
	(object: string): Find =>
	async (client, id) => {
		const about = { operation: `Get ${object}`, about: `${object} "${id}"` };
		const fields = 'Id,Name,ContentType,BodyLength';
		const request = { ...about, path: withQuery(path`/sobjects/${object}/${id}`, { fields }) };
		const body = await client.call(request, ({ json }) => json as Body);
		return {
			id: body.Id,
			fileName: body.Name,
			mimeType: body.ContentType ?? undefined,
			size: body.BodyLength ?? undefined,
			content: path`/sobjects/${object}/${id}/Body`,
		};
	};

// By key prefix: https://help.salesforce.com/s/articleView?id=000385203&type=1
const FINDERS: Record<string, Find> = {
	'068': findVersion,
	'069': async (client, id) => await findVersion(client, await latestVersionOf(client, id)),
	'00P': findBody('Attachment'),
	'015': findBody('Document'),
};

/** @param id of a file, one of its versions, an attachment or a document */
export async function findFile(client: SalesforceClient, id: string): Promise<StoredFile> {
	const find = FINDERS[keyPrefixOf(id)];
	if (find) return await find(client, id);
	throw invalidInput(
		`"File" must be that of a file (069), a file version (068), an attachment (00P) or a document (015), but is "${id}"`,
		'The operation "Get Many" lists the files of a record.',
	);
}

/**
 * The content of a file, to where `keep` puts it. Content that is not what Salesforce says it is counts
 * as a broken transfer: it comes again from the start, and `keep` is called again.
 */
export async function fetchFile<T>(
	client: SalesforceClient,
	file: StoredFile,
	keep: (body: Readable) => Promise<T>,
): Promise<T> {
	const request = {
		operation: 'Download',
		about: `file "${file.fileName}"`,
		path: file.content,
		attemptTimeoutMs: 0,
	};
	return await client.receive(request, async ({ body }) => {
		const content = Readable.from(verified(body, file), { objectMode: false });
		try {
			return await keep(content);
		} catch (error) {
			content.destroy();
			// What went wrong, not what the store made of it.
			throw content.errored ?? error;
		}
	});
}

async function* verified(
	body: AsyncIterable<Buffer>,
	{ size, checksum, fileName }: StoredFile,
): AsyncGenerator<Buffer> {
	const digest = checksum ? createHash('md5') : undefined;
	let received = 0;
	for await (const piece of body) {
		received += piece.length;
		digest?.update(piece);
		yield piece;
	}
	const found = digest?.digest('hex');
	const isWhole = received === (size ?? received);
	if (isWhole && found === checksum) return;
	const difference = isWhole
		? `its MD5 should be ${checksum}, but is ${found}`
		: `it should have ${size} bytes, but has ${received}`;
	throw new Failure({
		kind: 'network',
		phase: 'rejected',
		scope: 'item',
		code: 'CONTENT_MISMATCH',
		message: `The content of "${fileName}" is not what is stored: ${difference}`,
	});
}
