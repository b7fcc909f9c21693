import type { INodeProperties } from 'n8n-workflow';
import { invalidInput } from '../../../shared/resilience/failure';

export const jobIdField = {
	displayName: 'Job ID',
	name: 'jobId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 750Hs00000ABCdeIAG',
	description: 'An ingest job of the Bulk API 2.0',
} as const satisfies INodeProperties;

/** @throws Failure for what is no ID: in the address of a request it would mean something else */
export function jobIdOf(given: string): string {
	const id = given.trim();
	if (/^750[a-zA-Z0-9]{12}(?:[a-zA-Z0-9]{3})?$/.test(id)) return id;
	throw invalidInput(
		`"Job ID" is "${given}", which is no ID of a job`,
		'It begins with 750 and has 15 or 18 characters.',
	);
}
