import type { BucketDocument } from '../documents.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, xmlBody } from '../operation.ts';
import type { Handler } from '../operation.ts';
import { checkShape } from '../shape.ts';
import { element, elementOf, resultDocument } from '../xml.ts';

export function getDocument({ parameter, root, missing }: BucketDocument): Handler {
	return (call) => {
		const { name, documents } = bucketOf(call);
		const stored = documents.get(parameter);
		if (stored) return { status: 200, body: resultDocument(root, stored.children.map(elementOf)) };
		if (typeof missing === 'string') {
			throw new S3Error(missing, { elements: { BucketName: name } });
		}
		const content = Object.entries(missing.content).map(([key, text]) => element(key, text));
		return { status: 200, body: resultDocument(root, content) };
	};
}

export function putDocument(about: BucketDocument): Handler {
	return (call) => {
		const bucket = bucketOf(call);
		const root = xmlBody(call, about.root);
		checkShape(root, about.shape);
		about.check?.(root, call);
		bucket.documents.set(about.parameter, root);
		return { status: about.putStatus ?? 200 };
	};
}

export function deleteDocument({ parameter }: BucketDocument): Handler {
	return (call) => {
		bucketOf(call).documents.delete(parameter);
		return { status: 204 };
	};
}
