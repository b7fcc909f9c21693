import {
	area,
	base64,
	flag,
	int,
	lookup,
	picklist,
	readOnly,
	required,
	text,
	url,
} from '../field.ts';
import { objectType, type ObjectType } from '../objectType.ts';
import { parents } from './system.ts';

export const fileObjects: ObjectType[] = [
	objectType(
		'Attachment',
		'00P',
		[
			lookup('ParentId', [...parents, 'Task'], {
				...required,
				updateable: false,
				cascadeDelete: true,
				childRelationship: 'Attachments',
			}),
			text('Name', 255, { ...required, nameField: true, label: 'File Name' }),
			flag('IsPrivate', { label: 'Private' }),
			text('ContentType', 120),
			int('BodyLength', readOnly),
			base64('Body', required),
			area('Description', 500),
		],
		{ ownerTo: ['User'] },
	),
	objectType(
		'ContentVersion',
		'068',
		[
			lookup('ContentDocumentId', ['ContentDocument'], {
				updateable: false,
				cascadeDelete: true,
				childRelationship: 'ContentVersions',
			}),
			flag('IsLatest', readOnly),
			url('ContentUrl'),
			text('VersionNumber', 20, readOnly),
			text('Title', 255, { nameField: true, nillable: false, defaultedOnCreate: true }),
			area('Description', 1000),
			area('ReasonForChange', 1000),
			text('PathOnClient', 500, { ...required, updateable: false }),
			text('FileType', 20, readOnly),
			text('FileExtension', 40, readOnly),
			int('ContentSize', readOnly),
			text('Checksum', 50, readOnly),
			url('VersionDataUrl', {
				...readOnly,
				compute: ({ id }) => `/services/data/v68.0/sobjects/ContentVersion/${id}/VersionData`,
			}),
			base64('VersionData', { nillable: true }),
			lookup('FirstPublishLocationId', ['User', ...parents], { updateable: false }),
			picklist('ContentLocation', ['*S', 'E', 'L'], { updateable: false, length: 40 }),
			picklist('Origin', ['*C', 'H'], { updateable: false, length: 40 }),
			text('External_Id__c', 50, { externalId: true, unique: true, label: 'External Id' }),
		],
		{ label: 'Content Version', deletable: false, undeletable: false, ownerTo: ['User'] },
	),
	objectType(
		'ContentDocument',
		'069',
		[
			text('Title', 255, { nillable: false, createable: false, nameField: true }),
			area('Description', 1000, { createable: false }),
			lookup('LatestPublishedVersionId', ['ContentVersion'], readOnly),
			flag('IsArchived', readOnly),
			text('FileType', 20, readOnly),
			text('FileExtension', 40, readOnly),
			int('ContentSize', readOnly),
			lookup('ParentId', [], { createable: false, relationshipName: null }),
		],
		{ label: 'Content Document', createable: false, ownerTo: ['User'] },
	),
	objectType(
		'ContentDocumentLink',
		'06A',
		[
			lookup('LinkedEntityId', ['User', 'Group', 'Task', 'Organization', ...parents], {
				...required,
				updateable: false,
				childRelationship: 'ContentDocumentLinks',
			}),
			lookup('ContentDocumentId', ['ContentDocument'], {
				...required,
				updateable: false,
				cascadeDelete: true,
				childRelationship: 'ContentDocumentLinks',
			}),
			picklist('ShareType', ['V', 'C', 'I'], { ...required, length: 40, restrictedPicklist: true }),
			picklist('Visibility', ['*AllUsers', 'InternalUsers', 'SharedUsers'], {
				length: 40,
				restrictedPicklist: true,
			}),
		],
		{ label: 'Content Document Link', owned: false, undeletable: false, replicateable: false },
	),
];
