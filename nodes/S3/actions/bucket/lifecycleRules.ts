import type { INodeProperties } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../transport/failure';
import type { JsonObject } from '../../transport/xmlShape';

export const lifecycleRulesField = {
	displayName: 'Rules',
	name: 'rules',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	displayOptions: { show: { kind: ['lifecycle'] } },
	placeholder: 'Add rule',
	default: {},
	description: 'They replace all rules that the bucket has',
	options: [
		{
			displayName: 'Rule',
			name: 'rule',
			values: [
				{
					displayName: 'Abort Incomplete Uploads After Days',
					name: 'abortDays',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 0,
					description: 'Delete the parts of uploads that were never completed; 0 for never',
				},
				{
					displayName: 'Delete After Days',
					name: 'expireDays',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 0,
					description: 'Delete objects so long after they were stored; 0 for never',
				},
				{
					displayName: 'Delete Older Versions After Days',
					name: 'noncurrentDays',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 0,
					description: 'Delete versions so long after a newer one took their place; 0 for never',
				},
				{
					displayName: 'Enabled',
					name: 'enabled',
					type: 'boolean',
					default: true,
					description: 'Whether the rule is in force',
				},
				{
					displayName: 'Name',
					name: 'id',
					type: 'string',
					default: '',
					description: 'Of the rule; empty to let the server choose one',
				},
				{
					displayName: 'Prefix',
					name: 'prefix',
					type: 'string',
					default: '',
					placeholder: 'e.g. logs/',
					description: 'Only objects whose key begins with this; empty for all',
				},
			],
		},
	],
} as const satisfies INodeProperties;

type Rules = InputOf<[typeof lifecycleRulesField]>['rules'];
type Rule = NonNullable<NonNullable<Rules>['rule']>[number];

/** The rules as the document has them. @throws Failure without rules, or for one that does nothing */
export function lifecycleRules(rules: Rules): JsonObject[] {
	const given = rules?.rule ?? [];
	if (given.length > 0) return given.map(lifecycleRule);
	throw invalidInput(
		'"Rules" is empty: add a rule. To remove those that the bucket has, use Delete Configuration.',
	);
}

function lifecycleRule(rule: Rule, n: number): JsonObject {
	const { id, prefix = '', enabled = true, expireDays, noncurrentDays, abortDays } = rule;
	if (!expireDays && !noncurrentDays && !abortDays) {
		throw invalidInput(`Rule ${n + 1} of "Rules" does nothing: fill in one of its days`);
	}
	return {
		ID: id || undefined,
		Filter: { Prefix: prefix },
		Status: enabled ? 'Enabled' : 'Disabled',
		...(expireDays && { Expiration: { Days: expireDays } }),
		...(noncurrentDays && { NoncurrentVersionExpiration: { NoncurrentDays: noncurrentDays } }),
		...(abortDays && { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortDays } }),
	};
}
