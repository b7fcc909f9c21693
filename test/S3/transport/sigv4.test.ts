import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { SignableRequest } from '../../../nodes/S3/transport/canonicalRequest';
import { canonicalRequest } from '../../../nodes/S3/transport/canonicalRequest';
import { encodeKey, encodeQuery } from '../../../nodes/S3/transport/encode';
import type { Signer } from '../../../nodes/S3/transport/sign';
import {
	amzDate,
	credentialScope,
	presign,
	signHeaders,
	stringToSign,
} from '../../../nodes/S3/transport/sign';
import { needs, sharedData } from '../../needs';

const suite = path.join(sharedData, 'sigv4');
// Where the suite is absent its tests are skipped, but jest refuses an empty table even then.
const cases = existsSync(suite) ? readdirSync(suite) : ['(absent)'];

interface Context {
	credentials: { access_key_id: string; secret_access_key: string; token?: string };
	expiration_in_seconds: number;
	normalize: boolean;
	region: string;
	service: string;
	sign_body: boolean;
	timestamp: string;
	omit_session_token?: boolean;
}

const read = (name: string, file: string) => readFileSync(path.join(suite, name, file), 'utf8');

// RFC 3986 section 5.2.4 plus merged slashes: what services other than S3 do to a path.
function normalised(target: string): string {
	const kept: string[] = [];
	for (const segment of target.split('/')) {
		if (segment === '..') kept.pop();
		else if (segment !== '.' && segment !== '') kept.push(segment);
	}
	const end = kept.length > 0 && /\/\.{0,2}$/.test(target) ? '/' : '';
	return `/${kept.join('/')}${end}`;
}

/** A case of the suite as what the signer is given, with folded and repeated header lines joined. */
function readCase(name: string): {
	request: SignableRequest & Signer;
	hashInHeader: boolean;
	expiresSeconds: number;
} {
	const context: Context = JSON.parse(read(name, 'context.json'));
	const [head = '', body = ''] = read(name, 'request.txt').split(/\r?\n\r?\n/, 2);
	const [first = '', ...lines] = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
	const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.1$/.exec(first) ?? [];

	const headers: Record<string, string> = {};
	for (const line of lines.filter((text) => text !== '')) {
		const colon = line.indexOf(':');
		const [header, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1)];
		const before = headers[header];
		headers[header] = before === undefined ? value : `${before},${value}`;
	}

	const [rawPath = '', rawQuery = ''] = target.split('?', 2);
	const { access_key_id, secret_access_key, token } = context.credentials;
	return {
		request: {
			method,
			path: encodeKey(context.normalize ? normalised(rawPath) : rawPath),
			query: encodeQuery(new URLSearchParams(rawQuery)),
			headers,
			payloadHash: createHash('sha256').update(body).digest('hex'),
			credentials: {
				accessKeyId: access_key_id,
				secretAccessKey: secret_access_key,
				// Some services take the token unsigned; for these cases it is not the signer's business.
				sessionToken: context.omit_session_token ? undefined : token,
			},
			region: context.region,
			service: context.service,
			at: new Date(context.timestamp),
		},
		hashInHeader: context.sign_body,
		expiresSeconds: context.expiration_in_seconds,
	};
}

needs('../shared/data/sigv4')('the Signature Version 4 suite of aws-c-auth', () => {
	test('is complete', () => {
		expect(cases).toHaveLength(38);
	});

	test.each(cases)('%s, signed in the headers', (name) => {
		const { request, hashInHeader } = readCase(name);
		const headers = hashInHeader
			? { ...request.headers, 'x-amz-content-sha256': request.payloadHash }
			: request.headers;
		const added = signHeaders({ ...request, headers });
		const { text } = canonicalRequest({ ...request, headers: { ...headers, ...added } });
		const date = amzDate(request.at);

		expect(text).toBe(read(name, 'header-canonical-request.txt'));
		expect(stringToSign(text, date, credentialScope(date, request))).toBe(
			read(name, 'header-string-to-sign.txt'),
		);
		const sent = /^authorization:(.*)$/im.exec(read(name, 'header-signed-request.txt'))?.[1];
		expect(added.authorization).toBe(sent);
		expect(sent).toContain(read(name, 'header-signature.txt'));
	});

	test.each(cases)('%s, signed in the query', (name) => {
		const { request, expiresSeconds } = readCase(name);
		const [query = '', signature] = presign({ ...request, expiresSeconds }).split(
			'&X-Amz-Signature=',
		);
		const { text } = canonicalRequest({ ...request, query });
		const date = amzDate(request.at);

		expect(text).toBe(read(name, 'query-canonical-request.txt'));
		expect(stringToSign(text, date, credentialScope(date, request))).toBe(
			read(name, 'query-string-to-sign.txt'),
		);
		expect(signature).toBe(read(name, 'query-signature.txt'));
	});
});
