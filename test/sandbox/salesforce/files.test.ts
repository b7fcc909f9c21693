import { createHash, randomBytes } from 'node:crypto';
import type { Connection } from 'jsforce';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { jsforceClient, send } from './clients.ts';

let sandbox: SalesforceSandbox;
let client: Connection;
const bytes = randomBytes(300_000);

beforeAll(async () => {
	sandbox = await startSalesforceSandbox();
	client = jsforceClient(sandbox);
});

afterAll(async () => await sandbox.close());

/** Uploads by multipart, as the documentation shows it. */
async function upload(fields: Record<string, unknown>, body: Buffer, object = 'ContentVersion') {
	const form = new FormData();
	form.set('entity_content', new Blob([JSON.stringify(fields)], { type: 'application/json' }));
	const name = object === 'Attachment' ? 'Body' : 'VersionData';
	form.set(name, new Blob([new Uint8Array(body)], { type: 'application/octet-stream' }), 'a.bin');
	const response = await fetch(`${sandbox.url}/services/data/v68.0/sobjects/${object}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${sandbox.accessToken()}` },
		body: form,
	});
	return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function download(path: string): Promise<Buffer> {
	const response = await fetch(`${sandbox.url}/services/data/v68.0${path}`, {
		headers: { authorization: `Bearer ${sandbox.accessToken()}` },
	});
	expect(response.headers.get('content-type')).toBe('application/octet-stream');
	return Buffer.from(await response.arrayBuffer());
}

test('a file by multipart: every byte, its document, its links', async () => {
	const account = sandbox.store.insert('Account', { Name: 'Files' });
	const { status, body } = await upload(
		{ PathOnClient: 'folder/report.pdf', FirstPublishLocationId: account },
		bytes,
	);
	expect(status).toBe(201);
	const id = body.id ?? '';
	expect(sandbox.store.read(id)).toMatchObject({
		Title: 'report',
		FileExtension: 'pdf',
		FileType: 'PDF',
		ContentSize: bytes.length,
		Checksum: createHash('md5').update(bytes).digest('hex'),
		IsLatest: true,
		VersionNumber: '1',
	});
	expect(await download(`/sobjects/ContentVersion/${id}/VersionData`)).toEqual(bytes);
	const links = await client.query(
		`SELECT ContentDocumentId, ShareType, LinkedEntityId, ContentDocument.LatestPublishedVersionId FROM ContentDocumentLink WHERE LinkedEntityId = '${account}'`,
	);
	expect(links.records).toMatchObject([
		{ ShareType: 'V', ContentDocument: { LatestPublishedVersionId: id } },
	]);
});

test('another version of a file, and the end of all', async () => {
	const first = await client
		.sobject('ContentVersion')
		.create({ PathOnClient: 'a.txt', VersionData: Buffer.from('one').toString('base64') });
	const ContentDocumentId = sandbox.store.read(first.id ?? '')?.ContentDocumentId as string;
	const second = await upload({ PathOnClient: 'b.txt', ContentDocumentId }, Buffer.from('two'));
	expect(sandbox.store.read(first.id ?? '')).toMatchObject({ IsLatest: false });
	expect(sandbox.store.read(second.body.id ?? '')).toMatchObject({
		IsLatest: true,
		VersionNumber: '2',
	});
	expect(sandbox.store.read(ContentDocumentId)).toMatchObject({
		Title: 'b',
		LatestPublishedVersionId: second.body.id,
	});
	await client.sobject('ContentDocument').destroy(ContentDocumentId);
	expect(sandbox.store.read(first.id ?? '')).toBeUndefined();
});

test('an attachment of base64 and of multipart', async () => {
	const ParentId = sandbox.store.insert('Account', { Name: 'Parent' });
	const plain = await client
		.sobject('Attachment')
		.create({ ParentId, Name: 'a', Body: bytes.toString('base64') });
	const parted = await upload({ ParentId, Name: 'b' }, bytes, 'Attachment');
	for (const id of [plain.id, parted.body.id]) {
		expect(sandbox.store.read(id ?? '')).toMatchObject({ BodyLength: bytes.length });
		expect(await download(`/sobjects/Attachment/${id}/Body`)).toEqual(bytes);
	}
	const shown = await client.sobject('Attachment').retrieve(plain.id ?? '');
	expect(shown.Body).toBe(`/services/data/v68.0/sobjects/Attachment/${plain.id}/Body`);
});

test('what is refused of files', async () => {
	const none = await send(sandbox, 'POST', '/sobjects/ContentVersion', { PathOnClient: 'a.txt' });
	expect(none.body).toEqual([
		{
			message: 'Please input values: [VersionData]',
			errorCode: 'REQUIRED_FIELD_MISSING',
			fields: ['VersionData'],
		},
	]);
	await expect(client.query('SELECT Id FROM ContentDocumentLink')).rejects.toMatchObject({
		errorCode: 'MALFORMED_QUERY',
		message: expect.stringContaining('Implementation restriction'),
	});
	const small = await startSalesforceSandbox({ bodyLimit: 1000 });
	const large = await send(small, 'POST', '/sobjects/Account', { Name: 'x'.repeat(1000) });
	expect(large.status).toBe(413);
	await small.close();
});
