import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { OnOutage } from '../resilience/gate';

/** The `Resilience` options that every node shows, the same words everywhere. */
export const resilienceFields = {
	displayName: 'Resilience',
	name: 'resilience',
	type: 'collection',
	placeholder: 'Add resilience option',
	default: {},
	description: 'How the node deals with faults, outages and limits',
	options: [
		{
			displayName: 'Concurrency',
			name: 'concurrency',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 200 },
			default: 10,
			description:
				'How many items are worked on at the same time. The output keeps the order of the input.',
		},
		{
			displayName: 'Deadline (Seconds)',
			name: 'deadline',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 900,
			description:
				'Total time for one request, with every retry and every wait for a system that is down. A large file takes many requests. 0 means no limit.',
		},
		{
			displayName: 'Failed Output',
			name: 'failedOutput',
			type: 'boolean',
			default: false,
			description:
				'Whether failed items leave by a second output, with the reason. Feed them into the same node again to repeat them.',
		},
		{
			displayName: 'Ledger',
			name: 'ledger',
			type: 'options',
			options: [
				{
					name: 'Durable',
					value: 'durable',
					description:
						'What is done under a ledger key is never repeated, not even after a crash or in another execution',
				},
				{
					name: 'Per Run',
					value: 'run',
					description:
						'When n8n runs the node again for the same items (Retry On Fail, Retry Execution), what is done is not repeated',
				},
				{ name: 'Off', value: 'off', description: 'Every run of the node sends every item' },
			],
			default: 'run',
			description: 'What the node remembers of finished items',
		},
		{
			displayName: 'Ledger Key',
			name: 'ledgerKey',
			type: 'string',
			default: '',
			placeholder: 'e.g. {{ $json.orderId }}',
			description:
				'Names the work of each item for the durable ledger: an item whose key is done gives its earlier result and sends nothing. Remembered for 90 days.',
		},
		{
			displayName: 'Max Attempts',
			name: 'maxAttempts',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 10 },
			default: 5,
			description:
				'How often a request is sent before its item fails, the first attempt included. What may have had its effect is only sent again where that does no harm.',
		},
		{
			displayName: 'On Outage',
			name: 'onOutage',
			type: 'options',
			options: [
				{
					name: 'Wait',
					value: 'wait',
					description: 'The batch pauses until the system is back, at most for the deadline',
				},
				{ name: 'Fail Fast', value: 'failFast', description: 'The items fail at once' },
			],
			default: 'wait',
			description: 'What to do when the system as a whole does not answer',
		},
	],
} as const satisfies INodeProperties;

export interface ResilienceOptions {
	concurrency: number;
	deadlineMs: number;
	failedOutput: boolean;
	ledger: 'durable' | 'run' | 'off';
	maxAttempts: number;
	onOutage: OnOutage;
}

const LEDGERS = ['durable', 'run', 'off'] as const;

/** The options of this run; they hold for all items, so expressions see the first one. */
export function readResilience(context: IExecuteFunctions): ResilienceOptions {
	const given = context.getNodeParameter('resilience', 0, {}) as Record<string, unknown>;
	const number = (name: string, standard: number, least: number) => {
		const value = Number(given[name] ?? standard);
		return Number.isFinite(value) ? Math.max(least, value) : standard;
	};
	return {
		concurrency: Math.floor(number('concurrency', 10, 1)),
		deadlineMs: number('deadline', 900, 0) * 1_000,
		failedOutput: given.failedOutput === true,
		ledger: LEDGERS.find((ledger) => ledger === given.ledger) ?? 'run',
		maxAttempts: Math.min(10, Math.floor(number('maxAttempts', 5, 1))),
		onOutage: given.onOutage === 'failFast' ? 'failFast' : 'wait',
	};
}

/** `outputs` of a node whose Failed output is an option. */
export const outputsWithFailed =
	"={{ $parameter.resilience?.failedOutput ? [{ type: 'main', displayName: 'Done' }, { type: 'main', displayName: 'Failed' }] : [{ type: 'main' }] }}";
