import { isArchived, restorationOf } from '../archive.ts';
import { S3Error } from '../errors.ts';
import { bucketOf, xmlBody } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { objectOf, versionHeaders } from '../versions.ts';
import { childText } from '../xml.ts';

const dayMs = 86_400_000;
const tiers = ['Standard', 'Bulk', 'Expedited'];

function readDays(call: Call): { days: number; tier: string } {
	const root = xmlBody(call, 'RestoreRequest');
	const strange = root.children.find(
		({ name }) => !['Days', 'GlacierJobParameters', 'Tier', 'Description'].includes(name),
	);
	if (strange) throw new S3Error('NotImplemented', { elements: { Element: strange.name } });
	const days = childText(root, 'Days') ?? '';
	const job = root.children.find(({ name }) => name === 'GlacierJobParameters');
	const tier = (job && childText(job, 'Tier')) ?? childText(root, 'Tier') ?? 'Standard';
	if (!/^\d{1,5}$/.test(days) || !tiers.includes(tier)) throw new S3Error('MalformedXML');
	if (Number(days) === 0) {
		throw new S3Error('InvalidArgument', {
			message: 'Days must be a positive integer',
			elements: { ArgumentName: 'Days', ArgumentValue: days },
		});
	}
	return { days: Number(days), tier };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html */
export const restoreObject: Handler = (call) => {
	const bucket = bucketOf(call);
	const { days, tier } = readDays(call);
	const object = objectOf(call);
	if (!isArchived(object)) {
		throw new S3Error('InvalidObjectState', {
			message: "Restore is not allowed for the object's current storage class",
			elements: { StorageClass: object.metadata.storageClass },
		});
	}
	if (tier === 'Expedited' && object.metadata.storageClass === 'DEEP_ARCHIVE') {
		throw new S3Error('InvalidArgument', {
			message: 'Retrieval option is not supported by this storage class',
		});
	}
	const state = restorationOf(object, call.now);
	if (state === 'ongoing') throw new S3Error('RestoreAlreadyInProgress');
	const readyAt = state === 'done' ? call.now : call.now + call.restoreMs;
	// Amazon counts the days from the next midnight.
	const expires = Math.ceil(readyAt / dayMs) * dayMs + days * dayMs;
	call.store.change(bucket, object, { restoration: { readyAt, expires } });
	call.tell('ObjectRestore:Post', bucket, object);
	return { status: state === 'done' ? 200 : 202, headers: versionHeaders(bucket, object) };
};
