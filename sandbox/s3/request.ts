import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.ts';
import { percentDecode } from './sigv4.ts';

/** A request as it came over the wire, taken apart but neither trusted nor routed yet. */
export interface S3Request {
	method: string;
	/** The request target byte for byte. */
	target: string;
	rawPath: string;
	rawQuery: string;
	/** Decoded parameters; the first of a name wins. */
	query: ReadonlyMap<string, string>;
	/** Lower-case names; repeated headers are joined with a comma. */
	headers: ReadonlyMap<string, string>;
	rawHeaders: ReadonlyArray<readonly [string, string]>;
	/** Of the client. */
	address: string;
	bucket?: string;
	key?: string;
}

const maxKeyBytes = 1024;

/** Bytes (as latin1) to text. @throws S3Error InvalidURI when they are not UTF-8 */
function utf8(bytes: string): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
			Buffer.from(bytes, 'latin1'),
		);
	} catch {
		throw new S3Error('InvalidURI');
	}
}

function decode(text: string): string {
	if (/%(?![0-9a-f]{2})/i.test(text)) throw new S3Error('InvalidURI');
	return utf8(percentDecode(text));
}

/** `name=value` pairs; "+" stands for a space. */
function parseQuery(rawQuery: string): Map<string, string> {
	const query = new Map<string, string>();
	for (const pair of rawQuery.split('&')) {
		if (pair === '') continue;
		const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
		const key = decode(name);
		if (!query.has(key)) query.set(key, decode(value.join('=')));
	}
	return query;
}

/**
 * The bucket of a virtual-host style request: `bucket.localhost` or `bucket.s3.localhost`, any port.
 * Other hosts (127.0.0.1, localhost, s3.localhost) are the service itself.
 */
function bucketOfHost(host: string): string | undefined {
	const name = host.replace(/:\d+$/, '').toLowerCase();
	const bucket = /^(.+?)(?:\.s3)?\.localhost$/.exec(name)?.[1];
	return bucket === 's3' ? undefined : bucket;
}

function bucketAndKey(host: string, rawPath: string): { bucket?: string; key?: string } {
	if (!rawPath.startsWith('/')) throw new S3Error('InvalidURI');
	const virtual = bucketOfHost(host);
	const path = rawPath.slice(1);
	if (virtual !== undefined) {
		return path === '' ? { bucket: virtual } : { bucket: virtual, key: decode(path) };
	}
	if (path === '') return {};
	const slash = path.indexOf('/');
	if (slash < 0 || slash === path.length - 1) return { bucket: decode(path.replace('/', '')) };
	return { bucket: decode(path.slice(0, slash)), key: decode(path.slice(slash + 1)) };
}

/** @throws S3Error KeyTooLongError */
export function checkKeyLength(key: string): void {
	const bytes = Buffer.byteLength(key);
	if (bytes <= maxKeyBytes) return;
	throw new S3Error('KeyTooLongError', { elements: { Size: bytes, MaxSizeAllowed: maxKeyBytes } });
}

/**
 * Takes a request apart. The key is the percent-decoded rest of the path: `..`, `//` and `%2E` are
 * ordinary characters of a key.
 * @throws S3Error InvalidURI, KeyTooLongError
 */
export function parseRequest(message: IncomingMessage): S3Request {
	const target = message.url ?? '';
	const mark = target.indexOf('?');
	const rawPath = mark < 0 ? target : target.slice(0, mark);
	const rawQuery = mark < 0 ? '' : target.slice(mark + 1);
	const rawHeaders: Array<readonly [string, string]> = [];
	const headers = new Map<string, string>();
	for (let at = 0; at < message.rawHeaders.length; at += 2) {
		const name = message.rawHeaders[at] ?? '';
		const value = message.rawHeaders[at + 1] ?? '';
		rawHeaders.push([name, value]);
		const before = headers.get(name.toLowerCase());
		headers.set(name.toLowerCase(), before === undefined ? value : `${before},${value}`);
	}
	const { bucket, key } = bucketAndKey(headers.get('host') ?? '', rawPath);
	checkKeyLength(key ?? '');
	return {
		method: message.method ?? '',
		target,
		rawPath,
		rawQuery,
		query: parseQuery(rawQuery),
		headers,
		rawHeaders,
		address: message.socket.remoteAddress ?? '',
		bucket,
		key,
	};
}
