import type { BinaryHelperFunctions, INodeExecutionData } from 'n8n-workflow';
import { pump } from '../../shared/ground/pump';
import { isPassing, toFailure } from '../../shared/resilience/failure';
import type { S3Client } from '../transport/client';
import { downloadInto, fileNameOf } from '../transport/downloadInto';

const PARALLEL = 8;

interface Filled {
	bucket: string;
	key: string;
	versionId?: string;
	item: INodeExecutionData;
}

/**
 * Puts the content of objects into their items. What passes by itself is thrown, to be tried again; an
 * object that cannot be read says so in its item, since it must not stop the others.
 */
export async function fillContent(
	helpers: Pick<BinaryHelperFunctions, 'prepareBinaryData'>,
	s3: S3Client,
	property: string,
	objects: Filled[],
): Promise<void> {
	const failures: unknown[] = [];
	const fill = async ({ bucket, key, versionId, item }: Filled) => {
		try {
			const fileName = fileNameOf(key);
			const wanted = { bucket, key, versionId, verify: 'automatic' as const };
			const done = await downloadInto(
				s3,
				wanted,
				async ({ contentType }, body) =>
					await helpers.prepareBinaryData(body, fileName, contentType),
			);
			if (done) item.binary = { [property]: done.kept };
		} catch (error) {
			const failure = toFailure(error);
			const own = !isPassing(failure) && failure.kind !== 'bug' && failure.scope === 'item';
			if (own) item.json.contentError = failure.message;
			else failures.push(failure);
		}
	};
	const one = async (n: number) => {
		const object = objects[n];
		if (object) await fill(object);
	};
	await pump(objects.length, PARALLEL, one, () => failures.length > 0);
	if (failures.length > 0) throw failures[0];
}
