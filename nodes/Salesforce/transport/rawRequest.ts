import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Body } from '../../shared/transport/body';
import type { HttpResponse } from '../../shared/transport/http';
import type { SalesforceClient, SalesforceRequest } from './client';
import { invalidInput } from './failure';
import { noWebPage } from './noWebPage';
import { withQuery } from './path';
import { readJson } from './readJson';

/** A request as somebody has written it by hand. */
export interface RawRequest {
	operation: string;
	method: NonNullable<SalesforceRequest['method']>;
	/** below the version, or from "/services/" on; with or without a query */
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	json?: unknown;
	file?: RawFile;
	repeatable: boolean;
	timeoutMs?: number;
}

/** A file that is sent: it may have to be sent twice. */
export interface RawFile {
	content: Buffer | { path: string };
	size: number;
	mimeType: string;
}

export interface RawAnswer<Content> {
	status: number;
	headers: Record<string, string>;
	body: Content;
}

const MAX_BYTES = 256 * 1024 * 1024;
// They belong to the connection or to the session of a browser.
const PRIVATE = new Set(['set-cookie', 'connection', 'keep-alive', 'transfer-encoding']);

/** Sends it; what is JSON is read as such, all else is a text. */
export async function sendRaw(
	salesforce: SalesforceClient,
	raw: RawRequest,
): Promise<RawAnswer<unknown>> {
	return await salesforce.receive(requestOf(raw), async (answer) => {
		const { status, headers, body } = await notPretended(salesforce, raw, answer);
		const bytes = await body.collect(MAX_BYTES);
		const isJson = /\bjson\b/i.test(headers['content-type'] ?? '');
		return {
			status,
			headers: publicOf(headers),
			body: isJson ? readJson(status, headers, bytes, salesforce) : bytes.toString(),
		};
	});
}

/**
 * Sends it, and hands the answer on as it arrives.
 * @param keep is called again where the connection breaks, and must have thrown away what it had
 */
export async function receiveRaw<T>(
	salesforce: SalesforceClient,
	raw: RawRequest,
	keep: (body: AsyncIterable<Buffer>, headers: Record<string, string>) => Promise<T>,
): Promise<RawAnswer<T>> {
	return await salesforce.receive(requestOf(raw), async (answer) => {
		const { status, headers, body } = await notPretended(salesforce, raw, answer);
		return { status, headers: publicOf(headers), body: await keep(body, headers) };
	});
}

/** What is written in Apex may be a web page. */
const notPretended = async (
	salesforce: SalesforceClient,
	{ path }: RawRequest,
	answer: HttpResponse<Body>,
): Promise<HttpResponse<Body>> =>
	path.startsWith('/services/apexrest/') ? answer : await noWebPage(salesforce, answer);

function requestOf(raw: RawRequest): SalesforceRequest {
	const { operation, method, query, headers, json, file, repeatable, timeoutMs } = raw;
	const path = withMoreQuery(pathOf(raw.path), query);
	return {
		operation,
		about: `${method} ${path}`,
		method,
		path,
		json,
		...(file && { body: () => bodyOf(file) }),
		headers: { ...(file && headersOf(file)), ...checked(headers) },
		repeatable,
		attemptTimeoutMs: timeoutMs,
	};
}

const bodyOf = ({ content }: RawFile): Buffer | Readable =>
	Buffer.isBuffer(content) ? content : createReadStream(content.path);

const headersOf = ({ mimeType, size }: RawFile) => ({
	'content-type': mimeType,
	'content-length': String(size),
});

/** @throws Failure for an address of another server: it would get the access token */
function pathOf(given: string): string {
	const text = given.trim();
	if (/^[a-z]+:\/\//i.test(text))
		throw invalidInput(
			`"Path" is "${text}", which is a whole address`,
			'Leave scheme and host away: the credential knows where the org is.',
		);
	const path = text.startsWith('/') ? text : `/${text}`;
	// What is encoded stays so; a space or an umlaut would not get through.
	return path.replace(/[^!-~]/gu, (sign) => encodeURIComponent(sign.toWellFormed()));
}

function withMoreQuery(path: string, query: Record<string, string>): string {
	const more = withQuery('', query);
	return path.includes('?') ? path + more.replace('?', '&') : path + more;
}

/** @throws Failure for a header that is not for the user to give */
function checked(headers: Record<string, string>): Record<string, string> {
	const entries = Object.entries(headers).map(([name, value]) => [
		name.trim().toLowerCase(),
		value,
	]);
	for (const [name = ''] of entries)
		if (FORBIDDEN.has(name))
			throw invalidInput(`"${name}" is no header that can be given: the credential does that`);
	return Object.fromEntries(entries) as Record<string, string>;
}

const FORBIDDEN = new Set(['authorization', 'cookie', 'host', 'content-length', '']);

const publicOf = (headers: Record<string, string>) =>
	Object.fromEntries(Object.entries(headers).filter(([name]) => !PRIVATE.has(name)));
