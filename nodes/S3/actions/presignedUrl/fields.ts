import type { INodeProperties } from 'n8n-workflow';

export const expiresInField = {
	displayName: 'Expires In (Seconds)',
	name: 'expiresIn',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 604800 },
	default: 3600,
	description: 'From 1 second to 604,800 (7 days). Temporary credentials may expire earlier.',
} as const satisfies INodeProperties;

export const askRegionField = {
	displayName: 'Ask for the Region',
	name: 'askRegion',
	type: 'boolean',
	default: true,
	description:
		'Whether to ask Amazon S3 once per bucket and run where the bucket is (HeadBucket), because what is signed for another region does not work. Other servers are never asked.',
} as const satisfies INodeProperties;
