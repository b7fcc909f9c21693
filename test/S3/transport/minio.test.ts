import { listUploads } from '../../../nodes/S3/transport/multipartListing';
import { putObject } from '../../../nodes/S3/transport/objects';
import { clientOf, failureOf } from '../clientOf';
import { errorXml, startScriptedServer, type ScriptedServer } from '../scriptedServer';

let server: ScriptedServer;

beforeAll(async () => {
	server = await startScriptedServer();
});
afterAll(async () => await server.close());
beforeEach(() => (server.requests.length = 0));

const uploads = (...keys: string[]) => ({
	status: 200,
	body: `<ListMultipartUploadsResult>${keys
		.map((key) => `<Upload><Key>${key}</Key><UploadId>u</UploadId></Upload>`)
		.join('')}<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>`,
});

describe('uploads that begin with a prefix', () => {
	const found = async (credential = {}) => {
		const keys: string[] = [];
		for await (const page of listUploads(clientOf(server, credential), 'b', 'logs/'))
			keys.push(...page.map(({ key }) => key));
		return keys;
	};

	// https://github.com/minio/minio/issues/20989
	test('are found on a server that knows whole keys only', async () => {
		server.answer(uploads(), uploads('images/1', 'logs/1', 'logs/2'));
		expect(await found()).toEqual(['logs/1', 'logs/2']);
		expect(server.requests.map(({ target }) => target.includes('prefix='))).toEqual([true, false]);
	});

	test.each([
		['that found some', {}, ['logs/1']],
		['that is known to take prefixes', { provider: 'ceph' }, []],
	])('are asked for once of a server %s', async (_what, credential, keys) => {
		server.answer(uploads(...keys));
		expect(await found(credential)).toEqual(keys);
		expect(server.requests).toHaveLength(1);
	});
});

// https://github.com/minio/minio/blob/master/cmd/api-errors.go
test.each([
	[400, 'XMinioInvalidObjectName', 'invalid', /choose another key/],
	[409, 'XMinioObjectExistsAsDirectory', 'conflict', /choose another key/],
	[400, 'XMinioParentIsObject', 'conflict', /choose another key/],
	[507, 'XMinioStorageFull', 'invalid', /no room left/],
])('%i %s is said once, with what to do', async (status, code, kind, hint) => {
	server.answer({ status, body: errorXml(code) });
	const failure = await failureOf(putObject(clientOf(server), 'b', 'k', Buffer.from('x'), {}));
	expect(failure).toMatchObject({ code, kind, phase: 'rejected' });
	expect(failure.hint).toMatch(hint);
	expect(server.requests).toHaveLength(1);
});
