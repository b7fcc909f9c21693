import { toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { createdId } from '../createdId';
import { salesforceFailure } from '../failure';
import { path } from '../path';

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentdocumentlink.htm */
export interface Link {
	ContentDocumentId: string;
	LinkedEntityId: string;
	/** viewer, collaborator, inferred */
	ShareType: 'V' | 'C' | 'I';
	Visibility?: string;
}

/** Links a file to a record; one that is linked already stays as it is. */
export async function linkFile(
	client: SalesforceClient,
	link: Link,
): Promise<Link & { linked: 'now' | 'before' }> {
	try {
		await client.call(
			{
				operation: 'Create ContentDocumentLink',
				about: `file "${link.ContentDocumentId}" and record "${link.LinkedEntityId}"`,
				method: 'POST',
				path: '/sobjects/ContentDocumentLink',
				json: link,
				repeatable: true,
			},
			createdId,
		);
		return { ...link, linked: 'now' };
	} catch (error) {
		// "is already linked with the entity"
		if (toFailure(error).code === 'DUPLICATE_VALUE') return { ...link, linked: 'before' };
		throw error;
	}
}

/** Deletes a file with all its versions; one whose deletion was not answered counts as deleted. */
export async function deleteFile(client: SalesforceClient, id: string): Promise<void> {
	await client.call(
		{
			operation: 'Delete ContentDocument',
			about: `file "${id}"`,
			method: 'DELETE',
			path: path`/sobjects/ContentDocument/${id}`,
			repeatable: true,
			accept: [404],
		},
		({ status, headers, json }, { lost }) => {
			if (status === 404 && !lost)
				throw salesforceFailure(status, headers, JSON.stringify(json), client.clock.now());
		},
	);
}
