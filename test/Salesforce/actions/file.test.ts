import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { deleteOperation } from '../../../nodes/Salesforce/actions/file/delete.operation';
import { download } from '../../../nodes/Salesforce/actions/file/download.operation';
import { getMany } from '../../../nodes/Salesforce/actions/file/getMany.operation';
import { link } from '../../../nodes/Salesforce/actions/file/link.operation';
import { upload } from '../../../nodes/Salesforce/actions/file/upload.operation';
import { uploadVersion } from '../../../nodes/Salesforce/actions/file/uploadVersion.operation';
import type { SalesforceClient } from '../../../nodes/Salesforce/transport/client';
import type { InputFile } from '../../../nodes/shared/node/defineOperation';
import {
	startSalesforceSandbox,
	type RecordedRequest,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { failureOf } from '../../S3/clientOf';
import { clientAt, startOrgStub } from '../orgStub';
import { act } from './acting';

let org: SalesforceSandbox;
let client: SalesforceClient;
let account: string;
beforeEach(async () => {
	org = await startSalesforceSandbox();
	account = org.store.insert('Account', { Name: 'With files' });
	client = clientAt(org.url, {
		oauthTokenData: { access_token: org.accessToken(), instance_url: org.instanceUrl },
	});
});
afterEach(async () => await org.close());

const folder = mkdtempSync(path.join(tmpdir(), 'salesforce-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Every byte there is, and what would end a part of a form.
const CONTENT = Buffer.concat([
	Buffer.from(Array.from({ length: 256 }, (_none, n) => n)),
	Buffer.from('\r\n--boundary\r\nContent-Disposition: form-data\r\n\r\n'),
	randomBytes(300_000),
]);
const MD5 = createHash('md5').update(CONTENT).digest('hex');
const onDisk = path.join(folder, 'file');
writeFileSync(onDisk, CONTENT);

const sources: Record<string, () => InputFile['content']> = {
	'in memory': () => CONTENT,
	'in a file': () => ({ path: onDisk }),
	'in a database': () => Readable.from([CONTENT.subarray(0, 1000), CONTENT.subarray(1000)]),
};
const fileOf = (content: InputFile['content'] = CONTENT, more: Partial<InputFile> = {}) => ({
	data: {
		content,
		size: CONTENT.length,
		mimeType: 'application/pdf',
		fileName: 'Q1 "report" ä.pdf',
		...more,
	},
});

interface Uploaded {
	contentDocumentId: string;
	contentVersionId: string;
}
const uploaded = async (recordId = account): Promise<Uploaded> =>
	(await act(upload, client, { recordId }, fileOf())).answer as Uploaded;
const isUpload = ({ method, path: to }: RecordedRequest) =>
	method === 'POST' && to.endsWith('/sobjects/ContentVersion');
const stored = () => org.store.rows('ContentVersion');
const fetched = async (fileId: string): Promise<Buffer> => {
	let pieces: Buffer[] = [];
	await download.execute(
		client,
		{ fileId, binaryPropertyName: 'data', options: {} },
		{
			open: async () => await Promise.reject(new Error('nothing to open')),
			save: async (body, { fileName, mimeType = '' }) => {
				pieces = [];
				for await (const piece of body) pieces.push(piece as Buffer);
				return { data: '', mimeType, fileName };
			},
		},
	);
	return Buffer.concat(pieces);
};

describe('a file is stored byte for byte', () => {
	test.each(Object.entries(sources))('%s', async (_where, content) => {
		const { answer } = await act(upload, client, { recordId: account }, fileOf(content()));
		expect(answer).toMatchObject({
			title: 'Q1 "report" ä',
			fileExtension: 'pdf',
			size: CONTENT.length,
			checksum: MD5,
			versionNumber: '1',
		});
		const { contentVersionId, contentDocumentId } = answer as Uploaded;
		expect((await fetched(contentVersionId)).equals(CONTENT)).toBe(true);
		expect((await fetched(contentDocumentId)).equals(CONTENT)).toBe(true);
		const linked = org.store.rows('ContentDocumentLink').map(({ values }) => values);
		expect(linked).toContainEqual(
			expect.objectContaining({ ContentDocumentId: contentDocumentId, LinkedEntityId: account }),
		);
	});

	test('of a size that nobody knows', async () => {
		await act(upload, client, {}, fileOf(CONTENT, { size: undefined }));
		expect(stored()).toHaveLength(1);
	});

	test('and again from its start where the org was not ready', async () => {
		org.faults.add({ kind: 'unavailable', times: 2, match: isUpload });
		const { answer } = await act(upload, client, {}, fileOf({ path: onDisk }));
		expect(answer).toMatchObject({ checksum: MD5 });
		expect(stored()).toHaveLength(1);
	});
});

test('an upload whose answer is lost is not sent again', async () => {
	org.faults.add({ kind: 'resetAfter', times: 1, match: isUpload });
	const failure = await failureOf(act(upload, client, {}, fileOf()));
	expect(failure.phase).toBe('maybeDone');
	expect(stored()).toHaveLength(1);
});

test('a new version belongs to the same file, and is the one that is downloaded', async () => {
	const { contentDocumentId, contentVersionId } = await uploaded();
	const next = Buffer.from('the second one');
	const { answer } = await act(
		uploadVersion,
		client,
		{ fileId: contentDocumentId, options: { reasonForChange: 'Corrected' } },
		fileOf(next, { size: next.length }),
	);
	expect(answer).toMatchObject({ contentDocumentId, versionNumber: '2' });
	expect((await fetched(contentDocumentId)).equals(next)).toBe(true);
	expect((await fetched(contentVersionId)).equals(CONTENT)).toBe(true);
});

test('an attachment of old is downloaded too', async () => {
	const attachment = org.store.insert('Attachment', {
		ParentId: account,
		Name: 'old.txt',
		ContentType: 'text/plain',
		Body: Buffer.from('old content'),
		BodyLength: 11,
	});
	expect((await fetched(attachment)).toString()).toBe('old content');
});

test('a download that breaks comes again from its start', async () => {
	const { contentVersionId } = await uploaded();
	const isContent = ({ path: to }: RecordedRequest) => to.endsWith('/VersionData');
	org.faults.add({ kind: 'truncate', times: 1, match: isContent });
	expect((await fetched(contentVersionId)).equals(CONTENT)).toBe(true);
	expect(org.requests.filter(isContent)).toHaveLength(2);
});

test('content that is not what Salesforce says it is never counts as downloaded', async () => {
	const { contentVersionId } = await uploaded();
	const other = Buffer.from(CONTENT);
	other[1000] = (other[1000] ?? 0) ^ 1;
	org.store.update(contentVersionId, { VersionData: other, Checksum: MD5 });
	const failure = await failureOf(fetched(contentVersionId));
	expect(failure.code).toBe('CONTENT_MISMATCH');
	org.store.update(contentVersionId, { VersionData: other.subarray(1), Checksum: null });
	expect((await failureOf(fetched(contentVersionId))).message).toContain(`${CONTENT.length} bytes`);
});

test('an upload that was damaged on the way is told, with the version that has it', async () => {
	const stub = await startOrgStub(({ method }) => ({
		body:
			method === 'POST'
				? { id: '068000000000001AAA', success: true, errors: [] }
				: { Id: '068000000000001AAA', Title: 'a', Checksum: '0'.repeat(32), ContentSize: 3 },
	}));
	const failure = await failureOf(act(upload, clientAt(stub.url), {}, fileOf()));
	await stub.close();
	expect(failure).toMatchObject({ code: 'CONTENT_MISMATCH', phase: 'maybeDone' });
	expect(failure.message).toContain('068000000000001AAA');
	expect(stub.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
});

test('files and attachments of a record are listed', async () => {
	const { contentDocumentId, contentVersionId } = await uploaded();
	org.store.insert('Attachment', { ParentId: account, Name: 'old.txt', BodyLength: 11 });
	const { answer } = await act(getMany, client, { recordId: account, returnAll: true });
	expect(answer).toMatchObject([
		{ fileId: contentDocumentId, kind: 'file', contentVersionId, size: CONTENT.length },
		{ kind: 'attachment', name: 'old.txt', size: 11 },
	]);
	const few = await act(getMany, client, { recordId: account, returnAll: false, limit: 1 });
	expect(few.answer).toHaveLength(1);
});

test('a file is linked once, and linking it again changes nothing', async () => {
	const { contentDocumentId } = await uploaded();
	const other = org.store.insert('Account', { Name: 'Other' });
	const given = { fileId: contentDocumentId, recordId: other };
	const first = await act(link, client, given);
	const second = await act(link, client, given);
	expect([first.answer, second.answer]).toMatchObject([{ linked: 'now' }, { linked: 'before' }]);
	const links = org.store.rows('ContentDocumentLink');
	expect(links.filter(({ values }) => values.LinkedEntityId === other)).toHaveLength(1);
});

test('a deletion whose answer is lost is done; one of a file that is gone is a failure', async () => {
	const { contentDocumentId } = await uploaded();
	org.faults.add({ kind: 'resetAfter', times: 1, match: ({ method }) => method === 'DELETE' });
	const { answer } = await act(deleteOperation, client, { fileId: contentDocumentId });
	expect(answer).toEqual({ contentDocumentId, deleted: true });
	expect(org.store.count('ContentDocument')).toBe(0);
	const failure = await failureOf(act(deleteOperation, client, { fileId: contentDocumentId }));
	expect(failure).toMatchObject({ phase: 'rejected', status: 404 });
});

test('what is no file is named', async () => {
	const failure = await failureOf(act(download, client, { fileId: account }));
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(failure.message).toContain('"File"');
	const wrong = await failureOf(act(download, client, { fileId: '../Account' }));
	expect(wrong.message).toContain('"File" must be an ID');
});
