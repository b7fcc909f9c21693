import { bytesOf } from './text';
import type { FileType, ValueType } from './valueType';

const DATA_URL = /^data:[^,]*;base64,/i;
const PEM = /^\s*-----BEGIN [^-]+-----([A-Za-z0-9+/=\s]+)-----END [^-]+-----\s*$/;

/** @returns undefined for anything else than base64, which Buffer.from would read as far as it can */
export function fromBase64(words: string): Buffer | undefined {
	const dense = words.replace(/\s+/g, '');
	return isBase64(dense) ? Buffer.from(dense, 'base64') : undefined;
}

/** Without one expression for the whole, whose groups of four fill V8's stack from some megabytes on. */
function isBase64(dense: string): boolean {
	const content = dense.replace(/={1,2}$/, '');
	return dense.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(content);
}

const fromDataUrl = (words: string): Buffer | undefined =>
	DATA_URL.test(words) ? fromBase64(words.replace(DATA_URL, '')) : undefined;

const NAMED = 'of bytes: give a file, { "base64": "…" }, or { "text": "…" } for a text';

/**
 * Any bytes (RFC 4517 section 3.3.25). A bare text is refused: nobody can know whether it stands for
 * itself or is base64.
 */
export const octets: ValueType = {
	name: NAMED,
	binary: true,
	file: { mimeType: 'application/octet-stream', extension: 'bin' },
	decode: bytesOf,
	encode: (value) => (typeof value === 'string' ? fromDataUrl(value) : undefined),
};

/** Bytes that are no text in any case, so that a text is base64, or PEM. */
const fileOf = (mimeType: string, extension: string): ValueType => ({
	name: 'of bytes: give a file, or base64',
	binary: true,
	file: { mimeType, extension },
	decode: bytesOf,
	encode: (value) => {
		if (typeof value !== 'string' || value === '') return undefined;
		return fromDataUrl(value) ?? fromBase64(PEM.exec(value)?.[1] ?? value);
	},
});

export const jpeg = fileOf('image/jpeg', 'jpg');
export const certificate = fileOf('application/pkix-cert', 'cer');
export const revocations = fileOf('application/pkix-crl', 'crl');
export const keyStore = fileOf('application/x-pkcs12', 'p12');
export const blob = fileOf('application/octet-stream', 'bin');

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** Pictures are not always what their attribute promises. */
export const fileTypeOf = (content: Buffer, file: FileType): FileType =>
	content.subarray(0, PNG.length).equals(PNG) ? { mimeType: 'image/png', extension: 'png' } : file;
