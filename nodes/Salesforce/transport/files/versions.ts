import { createHash } from 'node:crypto';
import { Failure, invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { createdId } from '../createdId';
import { path, withQuery } from '../path';
import type { FileSource } from './multipart';
import { multipart } from './multipart';

/** A version of a file, as Salesforce keeps it. */
export interface Version {
	Id: string;
	ContentDocumentId: string;
	Title: string;
	PathOnClient: string | null;
	FileExtension: string | null;
	FileType: string;
	/** in bytes */
	ContentSize: number | null;
	/** MD5 in hex */
	Checksum: string | null;
	VersionNumber: string | null;
	IsLatest?: boolean;
	ContentUrl?: string | null;
}

const FIELDS =
	'Id,ContentDocumentId,Title,PathOnClient,FileExtension,FileType,ContentSize,Checksum,VersionNumber,IsLatest,ContentUrl';

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_insert_update_blob.htm
const MAX_BYTES = 2 * 1024 ** 3;

export async function readVersion(client: SalesforceClient, id: string): Promise<Version> {
	const request = {
		operation: 'Get ContentVersion',
		about: `file version "${id}"`,
		path: withQuery(path`/sobjects/ContentVersion/${id}`, { fields: FIELDS }),
	};
	return await client.call(request, ({ json }) => json as Version);
}

/** The newest version of a file. */
export async function latestVersionOf(client: SalesforceClient, document: string): Promise<string> {
	const request = {
		operation: 'Get ContentDocument',
		about: `file "${document}"`,
		path: withQuery(path`/sobjects/ContentDocument/${document}`, {
			fields: 'LatestPublishedVersionId',
		}),
	};
	return await client.call(
		request,
		({ json }) => (json as { LatestPublishedVersionId: string }).LatestPublishedVersionId,
	);
}

/**
 * Stores a file, or a new version of one, and compares what is stored with what was sent.
 * @param fields of ContentVersion: Title, ContentDocumentId, FirstPublishLocationId ...
 */
export async function addVersion(
	client: SalesforceClient,
	fields: Record<string, unknown>,
	source: FileSource,
): Promise<Version> {
	if (source.size !== undefined && source.size > MAX_BYTES)
		throw invalidInput(
			`"${source.fileName}" has ${source.size} bytes: Salesforce takes files of up to 2 GB`,
		);
	let digest = createHash('md5');
	const watch = () => {
		const running = createHash('md5');
		digest = running;
		return (piece: Buffer) => void running.update(piece);
	};
	const request = {
		operation: 'Create ContentVersion',
		about: `file "${source.fileName}"`,
		method: 'POST',
		path: '/sobjects/ContentVersion',
		attemptTimeoutMs: 0,
		...multipart(fields, source, watch),
	} as const;
	const id = await client.call(request, createdId);
	const version = await readVersion(client, id).catch((error: unknown) => {
		throw stored(error, id);
	});
	const sent = digest.digest('hex');
	if (version.Checksum && version.Checksum.toLowerCase() !== sent) throw damaged(version, sent);
	return version;
}

/** It is there, even though nobody could read what is said of it. */
const stored = (error: unknown, id: string) =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'STORED_UNVERIFIED',
		message: `The file is stored as version ${id}, but what Salesforce has of it could not be read`,
		hint: 'Do not upload it again before you have looked at it.',
		cause: error,
	});

const damaged = ({ Id, Checksum }: Version, sent: string) =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'CONTENT_MISMATCH',
		message: `The file was damaged on the way: version ${Id} has the MD5 ${Checksum}, but ${sent} was sent`,
		hint: 'Delete the file, or upload a new version of it.',
	});
