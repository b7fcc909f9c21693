import { bucketOf, xmlBody } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { readTagging, taggingDocument, type Tags } from '../tags.ts';
import { objectOf, versionHeaders } from '../versions.ts';

function change(call: Call, tags: Tags, what: 'Put' | 'Delete'): Record<string, string> {
	const bucket = bucketOf(call);
	const object = objectOf(call);
	call.store.change(bucket, object, { tags });
	call.tell(`ObjectTagging:${what}`, bucket, object);
	return versionHeaders(bucket, object);
}

export const getObjectTagging: Handler = (call) => {
	const object = objectOf(call);
	return {
		status: 200,
		headers: versionHeaders(bucketOf(call), object),
		body: taggingDocument(object.tags),
	};
};

export const putObjectTagging: Handler = (call) => ({
	status: 200,
	headers: change(call, readTagging(xmlBody(call, 'Tagging'), 10), 'Put'),
});

export const deleteObjectTagging: Handler = (call) => ({
	status: 204,
	headers: change(call, new Map(), 'Delete'),
});
