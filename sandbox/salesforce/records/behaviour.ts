import type { ObjectType } from '../schema/objectType.ts';
import type { Row, Value } from '../store/row.ts';
import type { WriteContext } from './context.ts';
import { attachment, contentDocumentLink, contentVersion } from './files.ts';
import { campaignMember, lead, supportCase } from './sales.ts';

/** What an object does by itself, beyond keeping values. */
export interface Behaviour {
	/** May change the values about to be written. `row`: the record as it is, when there is one. */
	beforeWrite?(context: WriteContext, values: Record<string, Value>, row: Row | undefined): void;
	afterCreate?(context: WriteContext, row: Row): void;
}

const behaviours: Record<string, Behaviour> = {
	Attachment: attachment,
	CampaignMember: campaignMember,
	Case: supportCase,
	ContentDocumentLink: contentDocumentLink,
	ContentVersion: contentVersion,
	Lead: lead,
};

export function beforeWrite(
	context: WriteContext,
	{ name }: ObjectType,
	values: Record<string, Value>,
	row: Row | undefined,
): void {
	behaviours[name]?.beforeWrite?.(context, values, row);
}

export function afterCreate(context: WriteContext, { name }: ObjectType, row: Row): void {
	behaviours[name]?.afterCreate?.(context, row);
}
