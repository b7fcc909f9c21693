import { defineOperation } from '../../../shared/node/defineOperation';
import { chunksOf } from '../../../shared/node/fileContent';
import { deliver, outputField, outputFileField } from '../../../shared/node/rowsOutput';
import type { LdapClient } from '../../transport/client';
import { parseLdif } from '../../transport/ldif';
import { applyRecord } from './applyRecord';
import { checkRecord } from './checkRecord';
import { COLUMNS, outcomesOf } from './outcomes';

export const importOperation = defineOperation({
	name: 'Import',
	value: 'import',
	action: 'Import an LDIF file',
	description:
		'Make the changes of an LDIF file, one after the other: it can add, modify, rename and delete any entries',
	repeatable: false,
	properties: [
		{
			displayName: 'Input Data Field Name',
			name: 'inputPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the input binary field with the LDIF file',
		},
		{
			displayName: 'Dry Run',
			name: 'dryRun',
			type: 'boolean',
			default: false,
			description:
				'Whether to change nothing and only check the file: its syntax, the DNs, and the attributes and object classes by the schema of the server. The output says of each record whether it is valid.',
		},
		{
			displayName: 'If a Record Fails',
			name: 'ifRecordFails',
			type: 'options',
			displayOptions: { show: { dryRun: [false] } },
			options: [
				{
					name: 'Go On, Then Fail',
					value: 'fail',
					description: 'The other records are done; the error says how many failed and why',
				},
				{
					name: 'Go On, Then Report',
					value: 'report',
					description: 'The other records are done; the output says of each whether it failed',
				},
				{
					name: 'Stop',
					value: 'stop',
					description: 'No record after it is done; the error names the line',
				},
			],
			default: 'stop',
			description:
				'What to do when a record of the file is wrong or refused. Where the server cannot be reached any more, the rest is never tried.',
		},
		outputField,
		outputFileField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'If an Entry Does Not Exist',
					name: 'ifMissing',
					type: 'options',
					options: [
						{ name: 'Fail', value: 'fail' },
						{ name: 'Skip', value: 'skip', description: 'It counts as deleted' },
					],
					default: 'fail',
					description: 'What to do when an entry to be deleted is not there',
				},
				{
					displayName: 'If an Entry Exists',
					name: 'ifExists',
					type: 'options',
					options: [
						{ name: 'Fail', value: 'fail' },
						{ name: 'Skip', value: 'skip', description: 'The entry stays as it is' },
						{
							name: 'Update',
							value: 'update',
							description:
								'Its attributes get the values of the file. Object classes, the name, and attributes that are not in the file stay.',
						},
					],
					default: 'fail',
					description: 'What to do when an entry to be added is there already',
				},
			],
		},
	],
	async execute(ldap: LdapClient, input, item) {
		const { inputPropertyName, dryRun, ifRecordFails = 'stop', options } = input;
		const file = await item.open(inputPropertyName);
		const schema = dryRun ? await ldap.schema() : undefined;
		const outcomes = outcomesOf(
			parseLdif(chunksOf(file)),
			async (record) =>
				schema ? checkRecord(record, schema) : await applyRecord(ldap, record, options),
			dryRun ? 'report' : ifRecordFails,
		);
		const about = { dryRun };
		return await deliver(outcomes, input, { about, name: 'import', columns: COLUMNS }, item);
	},
	// A file may need what the one before it has added.
	inOrder: () => 'import',
});
