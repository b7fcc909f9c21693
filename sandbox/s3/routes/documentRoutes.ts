import { bucketDocuments } from '../documents.ts';
import { deleteDocument, getDocument, putDocument } from '../operations/documents.ts';
import type { Route } from './route.ts';

/** Configurations of buckets. */
export const documentRoutes: Route[] = bucketDocuments.flatMap((one): Route[] => {
	const common = { level: 'bucket' as const, needs: [one.parameter] };
	return [
		{ ...common, operation: one.get, method: 'GET', handle: getDocument(one) },
		{
			...common,
			operation: one.put,
			method: 'PUT',
			headers: one.headers,
			body: 'document',
			protect: one.protect,
			handle: putDocument(one),
		},
		...(one.delete === undefined
			? []
			: [
					{
						...common,
						operation: one.delete,
						method: 'DELETE',
						handle: deleteDocument(one),
					},
				]),
	];
});
