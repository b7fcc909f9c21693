import { S3Error } from './errors.ts';

/** A form as a browser sends it: fields in lower case, then the file. */
export interface Form {
	fields: ReadonlyMap<string, string>;
	file: Buffer;
	fileName: string;
}

const maxFieldBytes = 20 * 1024;

function malformed(message: string): S3Error {
	return new S3Error('MalformedPOSTRequest', { message });
}

interface Part {
	name: string;
	fileName?: string;
	content: Buffer;
}

function readPart(bytes: Buffer): Part {
	const end = bytes.indexOf('\r\n\r\n');
	if (end < 0) throw malformed('A part of the form has no headers.');
	const lines = bytes.toString('utf8', 0, end).split('\r\n');
	const header = (name: string) =>
		lines
			.find((line) => line.toLowerCase().startsWith(`${name}:`))
			?.slice(name.length + 1)
			.trim();
	const disposition = header('content-disposition') ?? '';
	const parameter = (name: string) =>
		new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(disposition)?.[1];
	const name = parameter('name');
	if (name === undefined) throw malformed('A part of the form has no name.');
	return {
		name: name.toLowerCase(),
		fileName: parameter('filename'),
		content: bytes.subarray(end + 4),
	};
}

function* partsOf(body: Buffer, boundary: string): Iterable<Part> {
	const mark = Buffer.from(`\r\n--${boundary}`);
	const whole = Buffer.concat([Buffer.from('\r\n'), body]);
	let at = whole.indexOf(mark);
	for (;;) {
		const start = at + mark.length;
		if (at < 0)
			throw malformed('The body of your POST request is not well-formed multipart/form-data.');
		if (whole.toString('latin1', start, start + 2) === '--') return;
		at = whole.indexOf(mark, start);
		if (at < 0)
			throw malformed('The body of your POST request is not well-formed multipart/form-data.');
		yield readPart(whole.subarray(start + 2, at));
	}
}

/**
 * Reads a form; what comes behind the file does not count
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html).
 * @throws S3Error MalformedPOSTRequest, InvalidArgument, MaxPostPreDataLengthExceeded
 */
export function readForm(contentType: string, chunks: readonly Buffer[]): Form {
	const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
	const boundary = quoted ?? plain;
	if (boundary === undefined) throw malformed('The form has no boundary.');
	const fields = new Map<string, string>();
	let bytes = 0;
	for (const part of partsOf(Buffer.concat(chunks), boundary)) {
		if (part.name === 'file') {
			const { content: file, fileName = '' } = part;
			return { fields, file, fileName: fileName.replace(/^.*[\\/]/, '') };
		}
		bytes += part.content.length;
		if (bytes > maxFieldBytes) throw new S3Error('MaxPostPreDataLengthExceeded');
		fields.set(part.name, part.content.toString());
	}
	throw new S3Error('InvalidArgument', {
		message: 'POST requires exactly one file upload per request.',
		elements: { ArgumentName: 'file', ArgumentValue: '0' },
	});
}
