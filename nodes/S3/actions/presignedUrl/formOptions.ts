import { byDisplayName } from '../../../shared/node/byDisplayName';
import type { INodeProperties } from 'n8n-workflow';
import { writeOptions } from '../object/writeOptions';
import { askRegionField } from './fields';

type WriteOption = (typeof writeOptions)[number];
type NotInForms = { name: 'ifMatch' | 'onlyIfNew' };

/** A form has no conditions. */
const storing = writeOptions.filter(
	(one): one is Exclude<WriteOption, NotInForms> =>
		one.name !== 'ifMatch' && one.name !== 'onlyIfNew',
);

const limits = [
	askRegionField,
	{
		displayName: 'Content Type Begins With',
		name: 'contentTypePrefix',
		type: 'string',
		typeOptions: { condition: true },
		default: '',
		placeholder: 'e.g. image/',
		description: 'The form must add the field Content-Type itself',
	},
	{
		displayName: 'Largest Size',
		name: 'maxBytes',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10485760,
		description: 'In bytes. A larger file is refused.',
	},
	{
		displayName: 'Smallest Size',
		name: 'minBytes',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 1,
		description: 'In bytes. A smaller file is refused.',
	},
	{
		displayName: 'Success Redirect',
		name: 'successRedirect',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/thanks',
		description: 'Where the browser goes after the upload; wins over Success Status',
	},
	{
		displayName: 'Success Status',
		name: 'successStatus',
		type: 'options',
		options: [
			{ name: '200', value: '200', description: 'With an empty answer' },
			{ name: '201', value: '201', description: 'With an XML document that names the object' },
			{ name: '204', value: '204', description: 'Without an answer' },
		],
		default: '204',
		description: 'What the server answers after the upload',
	},
] as const satisfies INodeProperties[];

/** What a form may store, and how. */
export const formOptions = [...limits, ...storing].sort(byDisplayName);
