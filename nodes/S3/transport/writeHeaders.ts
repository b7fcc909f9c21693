import type { S3Client } from './client';
import { checkUtf8 } from './encode';
import type { Encryption } from './encryption';
import { encryptionHeaders, isCustomerKey } from './encryption';
import { invalidInput } from './failure';
import type { Headers } from './headerValues';
import { allowed, compact, instant, NOT_PLAIN, plain, quoted } from './headerValues';
import { metadataHeaders } from './metadata';

/** What an object is to be stored with, in plain values. */
export interface WriteOptions {
	contentType?: string;
	cacheControl?: string;
	contentDisposition?: string;
	contentEncoding?: string;
	contentLanguage?: string;
	/** a date; caches keep the object until then */
	expires?: string;
	/** where a website bucket sends whoever asks for the object */
	websiteRedirect?: string;
	/** without the prefix x-amz-meta- */
	metadata?: Record<string, string>;
	tags?: Record<string, string>;
	storageClass?: string;
	/** a canned ACL ("public-read") */
	acl?: string;
	grants?: Grant[];
	encryption?: Encryption;
	lock?: ObjectLock;
	/** only if no object of this key is there */
	onlyIfNew?: boolean;
	/** only over the object with this ETag */
	ifMatch?: string;
}

export interface Grant {
	/** FULL_CONTROL, READ, READ_ACP or WRITE_ACP */
	permission: string;
	granteeType: 'id' | 'uri' | 'emailAddress';
	grantee: string;
}

export interface ObjectLock {
	/** GOVERNANCE or COMPLIANCE */
	mode?: string;
	/** a date */
	retainUntil?: string;
	legalHold?: boolean;
}

type Server = Pick<S3Client, 'tls' | 'quirks'>;

/**
 * The headers of PutObject, CreateMultipartUpload and CopyObject. What is not asked for is left out:
 * an empty header is an error, or a wish of its own.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 * @throws Failure that names what cannot be sent
 */
export function writeHeaders(server: Server, options: WriteOptions): Headers {
	const { expires, websiteRedirect, metadata = {}, tags = {}, ifMatch } = options;
	const headers = compact({
		'content-type': plain('Content Type', options.contentType),
		'cache-control': plain('Cache Control', options.cacheControl),
		'content-disposition': plain('Content Disposition', disposition(options.contentDisposition)),
		'content-encoding': plain('Content Encoding', options.contentEncoding),
		'content-language': plain('Content Language', options.contentLanguage),
		expires: expires && new Date(instant('Expires', expires)).toUTCString(),
		'x-amz-website-redirect-location': plain('Website Redirect', websiteRedirect),
		'x-amz-tagging': formOf(tags),
		'x-amz-storage-class': plain('Storage Class', options.storageClass),
		...aclHeaders(options),
		...encryptionHeaders(server, options.encryption),
		...lockHeaders(options.lock),
		'if-none-match': options.onlyIfNew ? '*' : undefined,
		'if-match': ifMatch && quoted(ifMatch),
	});
	return { ...headers, ...metadataHeaders(metadata, server.quirks.encodedWords) };
}

/** A file name beyond ASCII gets the form for it besides a readable one. RFC 6266 section 4.3 */
export function disposition(value: string | undefined): string | undefined {
	const name = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(value ?? '');
	const fileName = name?.[1]?.replace(/\\(.)/g, '$1') ?? name?.[2];
	if (!value || !name || !fileName || !NOT_PLAIN.test(fileName)) return value;
	if (/filename\*/i.test(value)) return value;
	allowed(() => checkUtf8('"Content Disposition"', fileName));
	const encoded = encodeURIComponent(fileName).replace(
		/['()*]/g,
		(sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	const readable = fileName.replace(/[^\x20-\x7e]|["\\]/gu, '_');
	return value.replace(name[0], () => `; filename="${readable}"; filename*=UTF-8''${encoded}`);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
export const MAX_TAGS = 10;

/** @throws Failure where no server would take them as tags of an object */
export function checkTags(tags: Record<string, string>): void {
	const names = Object.keys(tags);
	if (names.length > MAX_TAGS) {
		throw invalidInput(`An object can have ${MAX_TAGS} tags, and these are ${names.length}`);
	}
	for (const [name, value] of Object.entries(tags)) {
		if (name === '') throw invalidInput('A tag has no name');
		if ([...name].length > 128)
			throw invalidInput(`The tag name "${name}" is longer than 128 characters`);
		if ([...value].length > 256) {
			throw invalidInput(`The value of the tag "${name}" is longer than 256 characters`);
		}
		allowed(() => checkUtf8(`The tag "${name}"`, name + value));
	}
}

function formOf(tags: Record<string, string>): string | undefined {
	checkTags(tags);
	// A plus sign is a plus sign for some servers, so a space is %20.
	return new URLSearchParams(tags).toString().replaceAll('+', '%20');
}

const GRANT_HEADERS: Record<string, string> = {
	FULL_CONTROL: 'x-amz-grant-full-control',
	READ: 'x-amz-grant-read',
	READ_ACP: 'x-amz-grant-read-acp',
	WRITE_ACP: 'x-amz-grant-write-acp',
};

/** Also of PutObjectAcl. https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html */
export function aclHeaders({ acl, grants = [] }: Pick<WriteOptions, 'acl' | 'grants'>): Headers {
	if (acl && grants.length > 0) throw invalidInput('Give either an "ACL" or "Grants", not both');
	const headers: Headers = { ...(acl && { 'x-amz-acl': acl }) };
	for (const { permission, granteeType, grantee } of grants) {
		if (grantee === '') throw invalidInput('A grant has no grantee');
		if (/["\\]/.test(grantee)) throw invalidInput(`The grantee "${grantee}" holds a quote`);
		const name = GRANT_HEADERS[permission];
		if (!name) throw invalidInput(`No object knows the permission "${permission}"`);
		const value = `${granteeType}="${plain('Grantee', grantee) ?? ''}"`;
		headers[name] = headers[name] ? `${headers[name]}, ${value}` : value;
	}
	return headers;
}

function lockHeaders(lock: ObjectLock | undefined): Headers {
	if (!lock) return {};
	const { mode, retainUntil, legalHold } = lock;
	if (Boolean(mode) !== Boolean(retainUntil)) {
		throw invalidInput('Give both "Retention Mode" and "Retain Until", or none of them');
	}
	return compact({
		'x-amz-object-lock-mode': mode,
		'x-amz-object-lock-retain-until-date': retainUntil && retainUntilDate(retainUntil),
		'x-amz-object-lock-legal-hold': legalHold === undefined ? undefined : legalHold ? 'ON' : 'OFF',
	});
}

/** ISO 8601 in whole seconds: not every server reads fractions. */
export const retainUntilDate = (date: string): string =>
	new Date(instant('Retain Until', date)).toISOString().replace(/\.\d+/, '');

const CONDITIONS = ['if-match', 'if-none-match'];
const pick = (headers: Headers, wanted: (name: string) => boolean): Headers =>
	Object.fromEntries(Object.entries(headers).filter(([name]) => wanted(name)));

/** Of the headers of a write, those of CreateMultipartUpload: it does not make the object visible. */
export const headersToBegin = (headers: Headers): Headers =>
	pick(headers, (name) => !CONDITIONS.includes(name));

/** Those that every part, and whoever reads the object, must bring. */
export const headersOfKey = (headers: Headers): Headers => pick(headers, isCustomerKey);

/** Those of CompleteMultipartUpload. */
export const headersToComplete = (headers: Headers): Headers =>
	pick(headers, (name) => CONDITIONS.includes(name) || isCustomerKey(name));
