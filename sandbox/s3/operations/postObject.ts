import { createHash } from 'node:crypto';
import { demand } from '../access.ts';
import type { ReceivedBody } from '../body.ts';
import { checksumAlgorithms, checksumHeader, digestAll } from '../checksum.ts';
import { S3Error } from '../errors.ts';
import { readForm, type Form } from '../form.ts';
import { authenticateForm } from '../formAuthentication.ts';
import { bucketOf, invalidArgument } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { checkPostPolicy } from '../postPolicy.ts';
import { checkKeyLength } from '../request.ts';
import { writing } from '../routes/headers.ts';
import { uriEncode } from '../sigv4.ts';
import { readTagging } from '../tags.ts';
import { anonymous, userOf } from '../users.ts';
import { element, parseXml, xmlDocument } from '../xml.ts';
import { putObject } from './writeObject.ts';

/** Fields that are no headers of the object: the signature and what the browser is to see. */
const ownFields = [
	'key',
	'acl',
	'tagging',
	'policy',
	'success_action_redirect',
	'redirect',
	'success_action_status',
	'x-amz-algorithm',
	'x-amz-credential',
	'x-amz-date',
	'x-amz-signature',
	'x-amz-security-token',
	'x-amz-checksum-algorithm',
	'x-amz-sdk-checksum-algorithm',
	'bucket',
];

function tagQuery(document: string): string {
	try {
		const tags = readTagging(parseXml(document), 10);
		return new URLSearchParams([...tags]).toString();
	} catch (error) {
		throw error instanceof S3Error ? error : new S3Error('MalformedXML');
	}
}

/** The headers a PUT of the same object would have. */
function headersOf({ fields }: Form): Map<string, string> {
	const headers = new Map<string, string>();
	for (const [name, value] of fields) {
		const checksum = checksumAlgorithms.some((one) => checksumHeader(one) === name);
		if (ownFields.includes(name) || name.startsWith('x-ignore-') || checksum) continue;
		const known = writing.some((one) =>
			one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one,
		);
		if (name.startsWith('x-amz-') && !known) {
			throw new S3Error('NotImplemented', { elements: { Field: name } });
		}
		headers.set(name, value);
	}
	const acl = fields.get('acl');
	const tagging = fields.get('tagging');
	if (acl !== undefined) headers.set('x-amz-acl', acl);
	if (tagging !== undefined) headers.set('x-amz-tagging', tagQuery(tagging));
	return headers;
}

function bodyOf({ fields, file }: Form): ReceivedBody {
	const md5 = createHash('md5').update(file).digest();
	const algorithm = checksumAlgorithms.find((one) => fields.has(checksumHeader(one)));
	const body: ReceivedBody = { chunks: [file], size: file.length, md5, protected: false };
	if (!algorithm) return body;
	const value = digestAll(algorithm, [file]).toString('base64');
	if (value !== fields.get(checksumHeader(algorithm))) {
		throw new S3Error('BadDigest', {
			message: `The ${algorithm} you specified did not match the calculated checksum.`,
		});
	}
	return { ...body, checksum: { algorithm, value }, protected: true };
}

/** Who sends the form: whoever signed its policy. */
function accountOf(call: Call, form: Form) {
	const { fields, file } = form;
	const policy = fields.get('policy');
	if (policy === undefined) return anonymous;
	const account = authenticateForm(fields, policy, call.accounts, bucketOf(call).region, call.now);
	const shown = new Map([...fields, ['bucket', call.request.bucket ?? '']]);
	checkPostPolicy(policy, shown, file.length, call.now);
	return account;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
export const postObject: Handler = (call) => {
	const { request } = call;
	const bucket = bucketOf(call);
	const form = readForm(request.headers.get('content-type') ?? '', call.body.chunks);
	const template = form.fields.get('key');
	if (!template) {
		throw invalidArgument(
			'key',
			'',
			"Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
		);
	}
	const key = template.replaceAll('${filename}', () => form.fileName);
	checkKeyLength(key);
	const account = accountOf(call, form);
	const headers = headersOf(form);
	const put: Call = {
		...call,
		account,
		user: userOf(account),
		tell: (_name, ...about) => call.tell('ObjectCreated:Post', ...about),
		request: { ...request, key, headers },
		body: bodyOf(form),
	};
	demand(put, 's3:PutObject', bucket, key);
	const answer = putObject(put);
	const etag = answer.headers?.etag ?? '';
	const path = uriEncode(Buffer.from(`${bucket.name}/${key}`).toString('latin1'), '/');
	const location = `http://${request.headers.get('host') ?? ''}/${path}`;
	const shown = { ...answer.headers, location };
	const redirect = form.fields.get('success_action_redirect') ?? form.fields.get('redirect');
	if (redirect !== undefined && URL.canParse(redirect)) {
		const target = new URL(redirect);
		for (const [name, value] of Object.entries({ bucket: bucket.name, key, etag })) {
			target.searchParams.append(name, value);
		}
		return { status: 303, headers: { ...shown, location: target.href } };
	}
	const status = form.fields.get('success_action_status');
	if (status === '200') return { status: 200, headers: shown };
	if (status !== '201') return { status: 204, headers: shown };
	const fields = { Location: location, Bucket: bucket.name, Key: key, ETag: etag };
	const rows = Object.entries(fields).map(([name, value]) => element(name, value));
	return { status: 201, headers: shown, body: xmlDocument(element('PostResponse', rows)) };
};
