import { checkReadable } from '../archive.ts';
import { sliceChunks } from '../content.ts';
import { S3Error } from '../errors.ts';
import { eventMessage, message } from '../eventStream.ts';
import { xmlBody } from '../operation.ts';
import type { Handler } from '../operation.ts';
import { objectOf } from '../versions.ts';
import { childText, type XmlNode } from '../xml.ts';

/** Of the messages in the answer; small, so that clients meet rows that are cut. */
const recordBytes = 64;

const child = (node: XmlNode, ...names: string[]): XmlNode | undefined =>
	names.reduce<XmlNode | undefined>(
		(above, name) => above?.children.find((one) => one.name === name),
		node,
	);

/**
 * SelectObjectContent, as far as it takes no SQL: all rows of JSON in lines.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_SelectObjectContent.html
 */
export const selectObjectContent: Handler = (call) => {
	const root = xmlBody(call, 'SelectObjectContentRequest');
	const expression = childText(root, 'Expression') ?? '';
	const lines = childText(child(root, 'InputSerialization', 'JSON') ?? root, 'Type') === 'LINES';
	const toJson = child(root, 'OutputSerialization', 'JSON') !== undefined;
	const packed = childText(child(root, 'InputSerialization') ?? root, 'CompressionType') ?? 'NONE';
	if (!/^select \* from s3object( s)?;?$/i.test(expression.trim()) || !lines || !toJson)
		throw new S3Error('NotImplemented', { elements: { Expression: expression } });
	if (packed !== 'NONE' || child(root, 'ScanRange')) throw new S3Error('NotImplemented');
	const object = objectOf(call);
	checkReadable(object, call.now);
	const content = Buffer.concat(sliceChunks(object.chunks, 0, object.size));
	const records = Array.from({ length: Math.ceil(content.length / recordBytes) }, (_, n) =>
		eventMessage(
			'Records',
			'application/octet-stream',
			content.subarray(n * recordBytes, (n + 1) * recordBytes),
		),
	);
	const counts = ['BytesScanned', 'BytesProcessed', 'BytesReturned']
		.map((name) => `<${name}>${content.length}</${name}>`)
		.join('');
	const stats = eventMessage('Stats', 'text/xml', Buffer.from(`<Stats>${counts}</Stats>`));
	const end = message({ ':message-type': 'event', ':event-type': 'End' }, Buffer.alloc(0));
	return { status: 200, body: [...records, stats, end] };
};
