import type { InputFile, Item } from '../../../shared/node/defineOperation';
import { defineOperation } from '../../../shared/node/defineOperation';
import { chunksOf } from '../../../shared/node/fileContent';
import { Failure, invalidInput } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../../transport/client';
import type { OpenFile } from '../../transport/records/bulk/csvFile';
import type { Job } from '../../transport/records/bulk/job';
import { submitFile } from '../../transport/records/bulk/submitFile';
import { anyObject } from '../objectFields';
import { externalIdField } from '../record/fields';

export const submit = defineOperation({
	name: 'Submit',
	value: 'submit',
	action: 'Submit a bulk job',
	description:
		'Create, change or delete records by a CSV file of the item, of any size, as a job of the Bulk API. The first line has the API names of the fields; an empty value leaves a field alone, #N/A empties it.',
	repeatable: false,
	preselected: true,
	properties: [
		anyObject,
		{
			displayName: 'Job Operation',
			name: 'jobOperation',
			type: 'options',
			options: [
				{
					name: 'Create or Update',
					value: 'upsert',
					description:
						'Create a new record, or update the current one if it already exists (upsert)',
				},
				{ name: 'Delete', value: 'delete', description: 'Move the records to the recycle bin' },
				{
					name: 'Hard Delete',
					value: 'hardDelete',
					description:
						'Delete the records for good. The user needs the permission "Bulk API Hard Delete".',
				},
				{ name: 'Insert', value: 'insert', description: 'Create records' },
				{ name: 'Update', value: 'update', description: 'Change records by the column ID' },
			],
			default: 'insert',
			description: 'What is done with each line of the file',
		},
		{ ...externalIdField, displayOptions: { show: { jobOperation: ['upsert'] } } },
		{
			displayName: 'Input Binary Field',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the input binary field that has the CSV file',
		},
		{
			displayName: 'Wait for Completion',
			name: 'wait',
			type: 'boolean',
			default: true,
			description:
				'Whether to wait until Salesforce has worked on all records. Stopping the execution then aborts the job.',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Assignment Rule ID',
					name: 'assignmentRuleId',
					type: 'string',
					default: '',
					placeholder: 'e.g. 01QHs000000XyzAMAS',
					description: 'Assigns leads or cases to their owners',
				},
				{
					displayName: 'Column Delimiter',
					name: 'columnDelimiter',
					type: 'options',
					options: [
						{ name: 'Automatic', value: 'automatic', description: 'As in the first line' },
						{ name: 'Backquote', value: 'BACKQUOTE' },
						{ name: 'Caret', value: 'CARET' },
						{ name: 'Comma', value: 'COMMA' },
						{ name: 'Pipe', value: 'PIPE' },
						{ name: 'Semicolon', value: 'SEMICOLON' },
						{ name: 'Tab', value: 'TAB' },
					],
					default: 'automatic',
					description: 'What separates the columns of the file',
				},
				{
					displayName: 'Line Ending',
					name: 'lineEnding',
					type: 'options',
					options: [
						{ name: 'Automatic', value: 'automatic', description: 'As in the first line' },
						{ name: 'CRLF', value: 'CRLF' },
						{ name: 'LF', value: 'LF' },
					],
					default: 'automatic',
					description: 'How the lines of the file end',
				},
			],
		},
	],
	async execute(salesforce: SalesforceClient, input, item) {
		const { object, jobOperation: operation, externalIdField: field = '', wait } = input;
		const { assignmentRuleId, columnDelimiter, lineEnding } = input.options;
		if (operation === 'upsert' && field === '') throw invalidInput('"External ID Field" is empty');
		const form = {
			object,
			operation,
			...(operation === 'upsert' && { externalIdFieldName: field }),
			...(assignmentRuleId && { assignmentRuleId }),
			...(columnDelimiter && columnDelimiter !== 'automatic' && { columnDelimiter }),
			...(lineEnding && lineEnding !== 'automatic' && { lineEnding }),
		};
		const open = await opener(item, input.binaryPropertyName);
		const jobs = await submitFile(salesforce, open, form, wait);
		const failed = jobs.find(({ state }) => state === 'Failed' || state === 'Aborted');
		if (failed) throw jobFailed(failed, jobs);
		return jobs;
	},
});

/** A stream can be read only once: the file is opened anew each time. */
async function opener(item: Item, property: string): Promise<OpenFile> {
	let first: InputFile | undefined = await item.open(property);
	return async function* () {
		const file = first ?? (await item.open(property));
		first = undefined;
		yield* chunksOf(file);
	};
}

function jobFailed({ id, state, errorMessage = '' }: Job, jobs: Job[]): Failure {
	const done = jobs.some(({ numberRecordsProcessed = 0 }) => numberRecordsProcessed > 0);
	return new Failure({
		kind: state === 'Aborted' ? 'conflict' : 'invalid',
		phase: done ? 'maybeDone' : 'rejected',
		code: /^([A-Za-z]+) ?:/.exec(errorMessage)?.[1] ?? `JOB_${state.toUpperCase()}`,
		message: `Job ${id} ended as ${state}${errorMessage === '' ? '' : `: ${errorMessage}`}`,
		hint: 'The operation "Get Results" of Job tells which records were written, which failed, and to which the job did not come.',
	});
}
