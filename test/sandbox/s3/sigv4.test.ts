import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
	canonicalRequest,
	EMPTY_SHA256,
	sign,
	signingKey,
	stringToSign,
	type SignedRequest,
} from '../../../sandbox/s3/sigv4.ts';
import { createHash } from 'node:crypto';
import { needs, sharedData } from '../../needs';

interface Context {
	credentials: { secret_access_key: string };
	region: string;
	service: string;
	timestamp: string;
	normalize: boolean;
	sign_body: boolean;
}

interface Case {
	name: string;
	read(file: string): string;
	context: Context;
}

const folder = path.join(sharedData, 'sigv4');

function cases(): Case[] {
	// A skipped suite is still collected.
	if (!existsSync(folder)) return [];
	return readdirSync(folder).map((name) => {
		// latin1: one character per byte, as a server sees it.
		const read = (file: string) => readFileSync(path.join(folder, name, file), 'latin1');
		return { name, read, context: JSON.parse(read('context.json')) as Context };
	});
}

/** Takes the signed request of a case apart as an HTTP parser would. */
function received(text: string) {
	const [head = '', body = ''] = text.split('\n\n');
	const [requestLine = '', ...lines] = head.replaceAll(/\n[ \t]+/g, ' ').split('\n');
	const match = /^(\S+) (.*) HTTP\/1.1$/.exec(requestLine);
	const [target = '', query = ''] = (match?.[2] ?? '').split('?');
	const headers = lines
		.filter((line) => line !== '')
		.map((line) => [line.split(':')[0] ?? '', line.slice(line.indexOf(':') + 1)] as const);
	return { method: match?.[1] ?? '', path: target, query, headers, body };
}

function check({ read, context }: Case, form: 'header' | 'query') {
	const request = received(read(`${form}-signed-request.txt`));
	const authorization = request.headers.find(([name]) => name === 'Authorization')?.[1] ?? '';
	const parameters = new URLSearchParams(request.query);
	const list =
		form === 'header'
			? /SignedHeaders=([^,]*)/.exec(authorization)?.[1]
			: parameters.get('X-Amz-SignedHeaders');
	const timestamp = context.timestamp.replaceAll(/[-:]/g, '');
	const scope = {
		date: timestamp.slice(0, 8),
		region: context.region,
		service: context.service,
	};
	const signed: SignedRequest = {
		...request,
		signedHeaders: (list ?? '').split(';'),
		payloadHash: context.sign_body
			? createHash('sha256').update(request.body, 'latin1').digest('hex')
			: EMPTY_SHA256,
	};
	const canonical = canonicalRequest(signed);
	const text = stringToSign(timestamp, scope, canonical);
	const signature = sign(signingKey(context.credentials.secret_access_key, scope), text);
	const claimed =
		form === 'header'
			? /Signature=([0-9a-f]+)/.exec(authorization)?.[1]
			: parameters.get('X-Amz-Signature');
	return { canonical, text, signature, claimed };
}

needs('../shared/data/sigv4')("the signature routine against Amazon's test suite", () => {
	const all = cases();
	/** Cases whose path other services fold before they sign; S3 must not. */
	const folded = all.filter(
		({ read, context }) =>
			context.normalize && /\/\.|\/\//.test(received(read('request.txt')).path),
	);
	const plain = all.filter((one) => !folded.includes(one));

	test('the suite is there', () => {
		expect(all).toHaveLength(38);
		expect(folded.map(({ name }) => name)).toEqual([
			'get-relative-normalized',
			'get-relative-relative-normalized',
			'get-slash-dot-slash-normalized',
			'get-slash-normalized',
			'get-slash-pointless-dot-normalized',
			'get-slashes-normalized',
		]);
	});

	for (const one of plain)
		test(`${one.name}, in the header`, () => {
			const { canonical, text, signature, claimed } = check(one, 'header');
			expect(canonical).toBe(one.read('header-canonical-request.txt'));
			expect(text).toBe(one.read('header-string-to-sign.txt'));
			expect(signature).toBe(one.read('header-signature.txt'));
			expect(claimed).toBe(signature);
		});

	// With `omit_session_token` the token is added after signing, which S3 does not do.
	const inQuery = plain.filter(({ context }) => !('omit_session_token' in context));
	for (const one of inQuery)
		test(`${one.name}, in the query`, () => {
			const { canonical, signature, claimed } = check(one, 'query');
			expect(canonical).toBe(one.read('query-canonical-request.txt'));
			expect(signature).toBe(one.read('query-signature.txt'));
			expect(claimed).toBe(signature);
		});

	for (const one of folded)
		test(`${one.name} is not folded`, () => {
			const { canonical } = check(one, 'header');
			expect(canonical.split('\n')[1]).toBe(received(one.read('request.txt')).path);
		});
});
