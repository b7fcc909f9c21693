import type { INodeProperties } from 'n8n-workflow';

/** An option of triggers that start their runs themselves. */
export const concurrentRuns = {
	displayName: 'Concurrent Runs',
	name: 'runs',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 50 },
	default: 1,
	description:
		'How many runs of the workflow may go on at the same time. With one, a run begins when the one before has ended.',
} as const satisfies INodeProperties;
