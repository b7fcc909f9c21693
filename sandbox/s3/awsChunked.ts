import { createHash, type Hash } from 'node:crypto';
import type { Identity } from './authentication.ts';
import { S3Error } from './errors.ts';
import { EMPTY_SHA256, scopeText, sign } from './sigv4.ts';

const minChunk = 8192;
const maxLine = 16_384;

export interface AwsChunkedOptions {
	/** Present when every chunk carries a signature. */
	seed?: Identity['seed'];
	/** Whether trailing headers follow the last chunk. */
	trailer: boolean;
	/** Receives the payload in pieces. */
	onData(piece: Buffer): void;
}

/**
 * Decodes a body of `Content-Encoding: aws-chunked` as it arrives and verifies its signatures
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and -trailers.html).
 * push and finish throw S3Error IncompleteBody, InvalidChunkSizeError, SignatureDoesNotMatch or
 * MalformedTrailerError.
 */
export class AwsChunkedDecoder {
	readonly trailers = new Map<string, string>();
	private state: 'size' | 'data' | 'dataEnd' | 'trailer' | 'done' = 'size';
	private line = '';
	private remaining = 0;
	private shortChunkSeen = false;
	private chunkSignature = '';
	private previousSignature: string;
	private hash: Hash = createHash('sha256');
	private trailerText = '';
	private readonly options: AwsChunkedOptions;

	constructor(options: AwsChunkedOptions) {
		this.options = options;
		this.previousSignature = options.seed?.signature ?? '';
	}

	push(input: Buffer): void {
		let rest = input;
		while (rest.length > 0) {
			if (this.state === 'done') throw new S3Error('IncompleteBody');
			rest = this.state === 'data' ? this.takeData(rest) : this.takeLine(rest);
		}
	}

	finish(): void {
		if (this.state !== 'done') throw new S3Error('IncompleteBody');
	}

	private takeData(input: Buffer): Buffer {
		const piece = input.subarray(0, this.remaining);
		if (this.options.seed) this.hash.update(piece);
		this.options.onData(piece);
		this.remaining -= piece.length;
		if (this.remaining === 0) {
			this.verifyChunk();
			this.state = 'dataEnd';
		}
		return input.subarray(piece.length);
	}

	private takeLine(input: Buffer): Buffer {
		const end = input.indexOf('\n');
		this.line += input.toString('latin1', 0, end < 0 ? input.length : end + 1);
		if (this.line.length > maxLine) throw new S3Error('IncompleteBody');
		if (end < 0) return input.subarray(input.length);
		if (!this.line.endsWith('\r\n')) throw new S3Error('IncompleteBody');
		const line = this.line.slice(0, -2);
		this.line = '';
		if (this.state === 'size') this.readSize(line);
		else if (this.state === 'trailer') this.readTrailer(line);
		else if (line === '') this.state = 'size';
		else throw new S3Error('IncompleteBody');
		return input.subarray(end + 1);
	}

	private readSize(line: string): void {
		const match = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line);
		if (!match || (match[2] === undefined) === (this.options.seed !== undefined)) {
			throw new S3Error('IncompleteBody');
		}
		this.remaining = parseInt(match[1] ?? '', 16);
		this.chunkSignature = match[2] ?? '';
		if (this.remaining === 0) {
			this.verifyChunk();
			this.state = 'trailer';
			return;
		}
		if (this.shortChunkSeen) throw new S3Error('InvalidChunkSizeError');
		this.shortChunkSeen = this.remaining < minChunk;
		this.state = 'data';
	}

	private verifyChunk(): void {
		const { seed } = this.options;
		if (!seed) return;
		const text = [
			'AWS4-HMAC-SHA256-PAYLOAD',
			seed.timestamp,
			scopeText(seed.scope),
			this.previousSignature,
			EMPTY_SHA256,
			this.hash.digest('hex'),
		].join('\n');
		this.verify(text, this.chunkSignature);
		this.hash = createHash('sha256');
	}

	private verify(text: string, signature: string): void {
		if (!this.options.seed || sign(this.options.seed.key, text) !== signature) {
			throw new S3Error('SignatureDoesNotMatch', {
				elements: { StringToSign: text, SignatureProvided: signature },
			});
		}
		this.previousSignature = signature;
	}

	private readTrailer(line: string): void {
		if (line === '') {
			this.endTrailer();
			return;
		}
		const at = line.indexOf(':');
		if (!this.options.trailer || at < 1) throw new S3Error('MalformedTrailerError');
		const name = line.slice(0, at).trim().toLowerCase();
		const value = line.slice(at + 1).trim();
		this.trailers.set(name, value);
		if (name !== 'x-amz-trailer-signature') this.trailerText += `${name}:${value}\n`;
	}

	private endTrailer(): void {
		const { seed, trailer } = this.options;
		if (seed && trailer) {
			const hash = createHash('sha256').update(this.trailerText, 'latin1').digest('hex');
			const text = [
				'AWS4-HMAC-SHA256-TRAILER',
				seed.timestamp,
				scopeText(seed.scope),
				this.previousSignature,
				hash,
			].join('\n');
			this.verify(text, this.trailers.get('x-amz-trailer-signature') ?? '');
		}
		this.state = 'done';
	}
}
