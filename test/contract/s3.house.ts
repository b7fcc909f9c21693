import type { IDataObject } from 'n8n-workflow';
import { createBucket } from '../../nodes/S3/transport/buckets';
import { putObject } from '../../nodes/S3/transport/objects';
import { startS3Sandbox, type Account } from '../../sandbox/s3/server.ts';
import { clientOf } from '../S3/clientOf';
import { EXTERNAL_ID, Issuer, ROLE, USER, WEB_TOKEN } from '../S3/signIn/issuer';
import type { Engine } from '../engine/engine';
import type { Example, House } from './house';

const stranger = {
	accessKeyId: 'AKIASTRANGER',
	secretAccessKey: 'stranger-secret-72',
	buckets: [],
};
const account = { accessKeyId: 'AKIACONTRACT', secretAccessKey: 'contract/secret+with=signs-58c1' };

/** The S3 sandbox, with buckets and objects for the examples. */
export async function openS3(engine: Engine): Promise<House> {
	const accounts: Account[] = [account, stranger, USER];
	const sandbox = await startS3Sandbox({ accounts });
	const issuer = await new Issuer(accounts).open();
	const s3 = clientOf(sandbox, account);
	let made = 0;

	const numbers = (count: number) => Array.from({ length: count }, () => made++);
	const items = (jsons: IDataObject[]) => jsons.map((json) => ({ json }));
	const put = async (bucket: string, key: string, headers: Record<string, string> = {}) =>
		await putObject(s3, bucket, key, Buffer.from(`text of ${key}`), {
			'content-type': 'text/plain',
			...headers,
		});
	const newBuckets = (count: number) => numbers(count).map((n) => `bucket-${n}`);
	const buckets = async (count: number) => {
		const names = newBuckets(count);
		for (const name of names) await createBucket(s3, name, { ifExists: 'fail' });
		return items(names.map((bucket) => ({ bucket })));
	};
	const newKeys = (count: number) => items(numbers(count).map((n) => ({ key: `key-${n}` })));
	const objectsIn = (bucket: string, headers?: Record<string, string>) => async (count: number) => {
		const made = newKeys(count);
		for (const { json } of made) await put(bucket, String(json.key), headers);
		return made;
	};
	const objects = objectsIn('shelf');
	const tagged = objectsIn('shelf', { 'x-amz-tagging': 'stage=test' });
	for (const bucket of ['shelf', 'folders']) await createBucket(s3, bucket, { ifExists: 'fail' });
	const lockable = { 'x-amz-bucket-object-lock-enabled': 'true' };
	await s3.call(
		{ operation: 'CreateBucket', method: 'PUT', bucket: 'locked', headers: lockable },
		() => {},
	);
	for (const key of ['a.txt', 'folder/b.txt', 'folder/c.txt']) await put('folders', key);

	/** An upload that was begun, for each item. */
	const uploads = async (count: number) => {
		const begun = newKeys(count);
		for (const { json } of begun) {
			const request = {
				operation: 'CreateMultipartUpload',
				method: 'POST' as const,
				bucket: 'shelf',
				key: String(json.key),
				query: [['uploads', '']] as Array<[string, string]>,
			};
			json.uploadId = await s3.call(
				request,
				({ body }) => /<UploadId>(.*)<\/UploadId>/.exec(body.toString())?.[1],
			);
		}
		return begun;
	};
	const sendPart = async (key: string, uploadId: string) => {
		const request = {
			operation: 'UploadPart',
			method: 'PUT' as const,
			...{ bucket: 'shelf', key, body: Buffer.from('part') },
			query: [
				['partNumber', 1],
				['uploadId', uploadId],
			] as Array<[string, string | number]>,
		};
		await s3.call(request, () => {});
	};
	const rows = Buffer.from('{"id":1}\n{"id":2}\n');
	await putObject(s3, 'folders', 'rows.jsonl', rows, {});

	const newItems = async (count: number) => newKeys(count);
	const ofBucket = { bucket: '={{ $json.bucket }}' };
	const ofLocked = { bucket: 'locked', key: '={{ $json.key }}' };
	const locked = objectsIn('locked');
	const ofObject = { bucket: 'shelf', key: '={{ $json.key }}' };
	const examples: Record<string, Example> = {
		'bucket.create': {
			parameters: ofBucket,
			items: async (count) => items(newBuckets(count).map((bucket) => ({ bucket }))),
			// The first request is HEAD.
			mute: true,
		},
		'bucket.delete': { parameters: ofBucket, items: buckets },
		'bucket.deleteConfiguration': {
			parameters: { ...ofBucket, kind: 'policy' },
			items: buckets,
		},
		'bucket.getConfiguration': {
			parameters: { ...ofBucket, kind: 'versioning' },
			items: buckets,
		},
		'bucket.getMany': {
			parameters: { returnAll: false, limit: 2 },
			items: async (count) => items(numbers(count).map((n) => ({ n }))),
		},
		// The answer to HEAD has no body.
		'bucket.head': { parameters: ofBucket, items: buckets, mute: true },
		'bucket.setConfiguration': {
			parameters: { ...ofBucket, kind: 'versioning', status: 'Enabled' },
			items: buckets,
		},
		'folder.create': {
			parameters: { bucket: 'shelf', folder: '={{ $json.key }}' },
			items: newItems,
		},
		'folder.delete': {
			parameters: { bucket: 'shelf', what: 'folder', folder: '={{ $json.key }}' },
			items: async (count) => {
				const made = newKeys(count);
				for (const { json } of made) await put('shelf', `${String(json.key)}/a.txt`);
				return made;
			},
		},
		'folder.getMany': { parameters: { bucket: 'folders', returnAll: true }, items: newItems },
		'folder.sync': {
			parameters: {
				sourceBucket: 'folders',
				sourceFolder: 'folder',
				bucket: 'shelf',
				folder: '={{ $json.key }}',
				output: 'items',
			},
			items: newItems,
		},
		'multipartUpload.cleanUp': {
			parameters: {
				bucket: 'shelf',
				prefix: '={{ $json.key }}',
				olderThanHours: 0,
				options: { dryRun: true },
			},
			items: uploads,
		},
		'multipartUpload.complete': {
			parameters: { ...ofObject, uploadId: '={{ $json.uploadId }}', parts: 'stored' },
			items: async (count) => {
				const begun = await uploads(count);
				for (const { json } of begun) await sendPart(String(json.key), String(json.uploadId));
				return begun;
			},
		},
		'multipartUpload.create': { parameters: ofObject, items: newItems },
		'multipartUpload.delete': {
			parameters: { ...ofObject, uploadId: '={{ $json.uploadId }}' },
			items: uploads,
		},
		'multipartUpload.getMany': {
			parameters: {
				bucket: 'shelf',
				prefix: '={{ $json.key }}',
				returnAll: true,
				options: { includeSize: true },
			},
			items: uploads,
		},
		'object.copy': {
			parameters: {
				sourceBucket: 'folders',
				sourceKey: 'a.txt',
				bucket: 'shelf',
				key: '={{ $json.key }}',
			},
			items: async (count) => newKeys(count),
		},
		'object.delete': { parameters: ofObject, items: objects },
		'object.deleteMany': { parameters: ofObject, items: objects },
		'object.deleteTags': { parameters: { ...ofObject, tagKeys: '' }, items: tagged },
		'object.download': { parameters: ofObject, items: objects },
		'object.exists': { parameters: ofObject, items: objects, mute: true },
		'object.getAcl': { parameters: ofObject, items: objects },
		'object.getLegalHold': { parameters: ofLocked, items: locked },
		'object.getMany': {
			parameters: { bucket: 'folders', delimiter: '/', returnAll: true },
			items: async (count) => items(numbers(count).map((n) => ({ n }))),
		},
		'object.getManyVersions': {
			parameters: { bucket: 'folders', returnAll: true },
			items: newItems,
		},
		'object.getRetention': {
			parameters: ofLocked,
			items: objectsIn('locked', {
				'x-amz-object-lock-mode': 'GOVERNANCE',
				'x-amz-object-lock-retain-until-date': '2099-01-01T00:00:00Z',
			}),
		},
		'object.getTags': { parameters: ofObject, items: tagged },
		'object.head': { parameters: ofObject, items: objects, mute: true },
		'object.move': {
			parameters: {
				sourceBucket: 'shelf',
				sourceKey: '={{ $json.key }}',
				bucket: 'shelf',
				key: '=moved/{{ $json.key }}',
			},
			items: objects,
			// The first request is HEAD.
			mute: true,
		},
		'object.restore': {
			parameters: { ...ofObject, days: 1, tier: 'Standard' },
			items: objectsIn('shelf', { 'x-amz-storage-class': 'GLACIER' }),
		},
		'object.search': {
			parameters: { bucket: 'folders', pattern: 'folder/*.txt', returnAll: true },
			items: newItems,
		},
		'object.select': {
			parameters: {
				...{ bucket: 'folders', key: 'rows.jsonl', expression: 'SELECT * FROM S3Object' },
				...{ inputFormat: 'json', jsonType: 'LINES', output: 'json' },
			},
			items: newItems,
		},
		'object.setAcl': { parameters: { ...ofObject, set: 'acl', acl: 'private' }, items: objects },
		'object.setLegalHold': { parameters: { ...ofLocked, legalHold: true }, items: locked },
		'object.setRetention': {
			parameters: { ...ofLocked, mode: 'GOVERNANCE', retainUntil: '2099-01-01T00:00:00Z' },
			items: locked,
		},
		// The first request of these is HEAD.
		'object.setStorageClass': {
			parameters: { ...ofObject, storageClass: 'STANDARD_IA' },
			items: objects,
			mute: true,
		},
		'object.setTags': {
			parameters: { ...ofObject, mode: 'replace', tagsJson: '{"stage":"test"}' },
			items: objects,
		},
		'object.updateMetadata': {
			parameters: { ...ofObject, mode: 'merge', changes: { metadataJson: '{"stage":"test"}' } },
			items: objects,
			mute: true,
		},
		'object.upload': {
			parameters: { ...ofObject, source: 'binary', binaryPropertyName: 'data' },
			items: async (count) => {
				const data = await engine.storeFile(Buffer.from('text'), 'a.txt', 'text/plain');
				return newKeys(count).map((item) => ({ ...item, binary: { data } }));
			},
		},
		'presignedUrl.createDownloadUrl': { parameters: ofObject, items: newItems, silent: true },
		'presignedUrl.createPartUrl': {
			parameters: { ...ofObject, uploadId: 'an-upload', parts: 2 },
			items: newItems,
			silent: true,
		},
		'presignedUrl.createUploadForm': {
			parameters: {
				...ofObject,
				options: { contentTypePrefix: 'image/', maxBytes: 1000, successStatus: '201' },
			},
			items: newItems,
			silent: true,
		},
		'presignedUrl.createUploadUrl': {
			parameters: { ...ofObject, options: { contentType: 'text/plain' } },
			items: newItems,
			silent: true,
		},
	};

	const type = 'resilientS3Api';
	const good = { endpoint: sandbox.endpoint, region: 'us-east-1', ...account };
	const role = {
		...good,
		...USER,
		authentication: 'assumeRole',
		roleArn: ROLE,
		externalId: EXTERNAL_ID,
		stsEndpoint: issuer.endpoint,
		webIdentityToken: WEB_TOKEN,
	};
	const noKeys = { accessKeyId: '', secretAccessKey: '' };
	return {
		credentials: { [type]: good },
		credentialCases: [
			{ what: 'good', type, data: good, says: /3 buckets: folders, locked, shelf/ },
			{ what: 'good', type, data: { ...good, testBucket: 'shelf' }, says: /"shelf" answers/ },
			{ what: 'good', type, data: { ...good, provider: 'minio' }, says: /^MinIO: .* 3 buckets/ },
			{
				what: 'good',
				type,
				data: { ...good, ...USER, stsEndpoint: issuer.endpoint },
				says: /Account ".+" \(arn:aws:iam::123456789012:user\/Alice\) has 3 buckets/,
			},
			{
				what: 'good',
				type,
				data: { ...good, stsEndpoint: 'http://127.0.0.1:9' },
				says: /Account "[^(]+" has 3 buckets/,
			},
			{
				what: 'good',
				type,
				data: role,
				says: /The role arn:aws:sts::123456789012:assumed-role\/storage\/n8n \(keys until 20.* UTC\) has/,
			},
			{
				what: 'good',
				type,
				data: { ...role, authentication: 'webIdentity', testBucket: 'shelf', ...noKeys },
				says: /"shelf" answers to the role arn.*keys until/,
			},
			{
				what: 'good',
				type,
				data: { ...good, ...noKeys, authentication: 'anonymous', testBucket: 'shelf' },
				says: /"shelf" is there, but its objects may not be listed without keys/,
			},
			{
				what: 'wrong secret',
				type,
				data: { ...good, secretAccessKey: 'wrong/secret+with=signs-58c1' },
				says: /SignatureDoesNotMatch.*Check the secret access key/,
			},
			{
				what: 'wrong secret',
				type,
				data: { ...good, accessKeyId: 'AKIANOBODY' },
				says: /InvalidAccessKeyId.*Check the access key ID/,
			},
			{
				what: 'unreachable host',
				type,
				data: { ...good, endpoint: 'http://127.0.0.1:9' },
				says: /ECONNREFUSED.*Check host and port/,
			},
			{
				what: 'unreachable host',
				type,
				data: { ...good, endpoint: 'storage.example.com' },
				says: /no scheme/,
			},
			{
				what: 'not allowed',
				type,
				data: {
					...good,
					accessKeyId: stranger.accessKeyId,
					secretAccessKey: stranger.secretAccessKey,
					testBucket: 'shelf',
				},
				says: /403.*does not say why/,
			},
			{
				what: 'not allowed',
				type,
				data: good,
				before: () => void sandbox.faults.add({ kind: 'status', status: 403 }),
				says: /AccessDenied.*fill in "Bucket to Test With"/,
			},
			{
				what: 'not allowed',
				type,
				data: { ...role, externalId: '' },
				says: /AccessDenied.*AssumeRole.*trust policy/,
			},
			{
				what: 'not allowed',
				type,
				data: { ...good, ...noKeys, authentication: 'hostRole' },
				says: /server that n8n runs on, which is not allowed.*administrator/,
			},
			{
				what: 'not allowed',
				type,
				data: { ...good, ...noKeys, authentication: 'anonymous' },
				says: /Without keys there is no list.*"Bucket to Test With"/,
			},
			{
				what: 'not allowed',
				type,
				data: { ...good, provider: 'r2', endpoint: '' },
				says: /"Account ID" is empty/,
			},
			{
				what: 'not allowed',
				type,
				data: { ...good, testBucket: 'no-such-bucket' },
				says: /has no bucket "no-such-bucket"/,
			},
		],
		secrets: [account.secretAccessKey],
		examples,
		refusedWith: 400,
		delayFirst: (ms) => void sandbox.faults.add({ kind: 'delay', ms, times: 1 }),
		refuse: (message, times) =>
			void sandbox.faults.add({
				kind: 'status',
				status: 400,
				code: 'InvalidArgument',
				message,
				times,
			}),
		hang: () => void sandbox.faults.add({ kind: 'hang' }),
		heal: () => sandbox.faults.clear(),
		requests: () => sandbox.requests.length,
		held: () => sandbox.openConnections(),
		close: async () => {
			await issuer.close();
			await sandbox.close();
		},
	};
}
