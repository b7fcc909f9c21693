import type { INodeProperties } from 'n8n-workflow';
import type { InputOf } from '../../../shared/node/defineOperation';
import type { ReadOptions } from '../../transport/readHeaders';

/** The key of SSE-C, which every request must bring. */
export const customerKeyFields = (displayOptions: INodeProperties['displayOptions']) =>
	[
		{
			displayName: 'Customer Key',
			name: 'customerKey',
			type: 'string',
			typeOptions: { password: true },
			displayOptions,
			default: '',
			description: '32 characters, or 32 bytes in base64',
		},
		{
			displayName: 'Send Key Without TLS',
			name: 'withoutTls',
			type: 'boolean',
			displayOptions,
			default: false,
			description:
				'Whether the key may go to an endpoint that begins with http://, where anybody on the way can read it',
		},
	] as const satisfies INodeProperties[];

export const versionIdOption = {
	displayName: 'Version ID',
	name: 'versionId',
	type: 'string',
	typeOptions: { condition: true },
	default: '',
	description: 'The version of the object, in a versioned bucket; empty for the current one',
} as const satisfies INodeProperties;

/** The member of an "Options" collection for objects that are encrypted with SSE-C. */
export const customerKeyOption = {
	displayName: 'Customer Key (SSE-C)',
	name: 'customerKey',
	type: 'fixedCollection',
	default: {},
	placeholder: 'Add Customer Key',
	description: 'The key that the object was stored with',
	options: [
		{
			displayName: 'Settings',
			name: 'settings',
			values: [...customerKeyFields(undefined)],
		},
	],
} as const satisfies INodeProperties;

/** The members that make it depend on the state of the object. */
export const readConditions = [
	{
		displayName: 'If ETag Does Not Match',
		name: 'ifNoneMatch',
		type: 'string',
		typeOptions: { condition: true },
		default: '',
		description: 'Only when the ETag of the object is not this one',
	},
	{
		displayName: 'If ETag Matches',
		name: 'ifMatch',
		type: 'string',
		typeOptions: { condition: true },
		default: '',
		description: 'Only when the object has this ETag',
	},
	{
		displayName: 'If Modified Since',
		name: 'ifModifiedSince',
		type: 'dateTime',
		typeOptions: { condition: true },
		default: '',
		description: 'Only when the object is newer',
	},
	{
		displayName: 'If Unmodified Since',
		name: 'ifUnmodifiedSince',
		type: 'dateTime',
		typeOptions: { condition: true },
		default: '',
		description: 'Only when the object is not newer',
	},
] as const satisfies INodeProperties[];

/** The members of an "Options" collection that say which object is read, and when. */
export const readOptions = [
	{
		displayName: 'Checksum',
		name: 'checksum',
		type: 'boolean',
		default: false,
		description: 'Whether the server sends the checksum that it keeps of the object',
	},
	customerKeyOption,
	...readConditions,
	{
		displayName: 'Part Number',
		name: 'partNumber',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10000 },
		default: 1,
		description: 'Only this part of an object that was uploaded in parts',
	},
	versionIdOption,
] as const satisfies INodeProperties[];

/** What the fields say, as the client takes it. */
export function readReadOptions({
	customerKey,
	...options
}: Partial<InputOf<typeof readOptions>>): ReadOptions {
	return { ...options, customerKey: customerKeyOf(customerKey) };
}

/** Of the option "Customer Key (SSE-C)", where it is filled in. */
export function customerKeyOf(
	option: InputOf<[typeof customerKeyOption]>['customerKey'] | undefined,
): ReadOptions['customerKey'] {
	const { customerKey: key, withoutTls } = option?.settings ?? {};
	return key ? { key, withoutTls } : undefined;
}
