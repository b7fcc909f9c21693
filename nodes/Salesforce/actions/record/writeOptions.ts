import type { INodeProperties } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import { MOST_RECORDS } from '../../transport/records/collections';
import type { WriteOptions } from '../../transport/records/record';
import { BULK_ABOVE } from '../../transport/records/sendRows';

const batchOptions = [
	{
		displayName: 'All or None',
		name: 'allOrNone',
		type: 'boolean',
		default: false,
		description:
			'Whether the records of one request are rolled back when one of them fails. A request has up to 200 records of one object; the Bulk API, which cannot do this, is not used.',
	},
	{
		displayName: 'Bulk API Above',
		name: 'bulkAbove',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: BULK_ABOVE,
		description:
			'More records than this, of one object and in one run, go as a job of the Bulk API. 0 means never.',
	},
	{
		displayName: 'Records per Request',
		name: 'batchSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MOST_RECORDS },
		default: MOST_RECORDS,
		description: 'Fewer help where triggers of the org take too long or too much for 200 records',
	},
] as const satisfies INodeProperties[];

const ruleOptions = [
	{
		displayName: 'Allow Duplicates',
		name: 'allowDuplicates',
		type: 'boolean',
		default: true,
		description:
			'Whether to save records that an alert of a duplicate rule would stop. The Bulk API, which cannot do this, is not used. Rules that block stop the record all the same.',
	},
	{
		displayName: 'Assignment Rule',
		name: 'assignmentRule',
		type: 'options',
		options: [
			{
				name: 'Active Rule',
				value: 'active',
				description: 'As Salesforce does unless told otherwise',
			},
			{ name: 'By ID', value: 'id', description: 'The rule that "Assignment Rule ID" names' },
			{ name: 'None', value: 'none', description: 'The owner stays as it is given' },
		],
		default: 'active',
		description: 'Which rule assigns leads and cases to their owners',
	},
	{
		displayName: 'Assignment Rule ID',
		name: 'assignmentRuleId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 01QHs000000XyzAMAS',
		description: 'Only with "Assignment Rule" By ID',
	},
] as const satisfies INodeProperties[];

/** For records that are saved. */
export const saveOptions = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		batchOptions[0],
		ruleOptions[0],
		ruleOptions[1],
		ruleOptions[2],
		batchOptions[1],
		batchOptions[2],
	],
} as const satisfies INodeProperties;

/** For records that are deleted. */
export const deleteOptions = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: batchOptions,
} as const satisfies INodeProperties;

type Given = InputOf<[typeof saveOptions]>['options'];

export function readWriteOptions({
	allOrNone,
	allowDuplicates,
	assignmentRule,
	assignmentRuleId = '',
	batchSize = MOST_RECORDS,
	bulkAbove = BULK_ABOVE,
}: Given): WriteOptions {
	if (!(batchSize >= 1 && batchSize <= MOST_RECORDS))
		throw invalidInput(`"Records per Request" must be 1 to ${MOST_RECORDS}, but is ${batchSize}`);
	if (assignmentRule === 'id' && assignmentRuleId === '')
		throw invalidInput('"Assignment Rule ID" is empty');
	return {
		allOrNone,
		allowDuplicates,
		assignmentRule: ruleOf(assignmentRule, assignmentRuleId),
		batchSize: Math.floor(batchSize),
		bulkAbove: bulkAbove > 0 ? bulkAbove : Infinity,
	};
}

/** Nothing chosen: nothing said, and Salesforce does as it does. */
const ruleOf = (rule: Given['assignmentRule'], id: string) =>
	rule && { active: 'TRUE', id, none: 'FALSE' }[rule];
