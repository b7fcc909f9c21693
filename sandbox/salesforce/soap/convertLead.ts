import { childText, element, type Xml, type XmlNode } from '../../s3/xml.ts';
import { ApiError, refusal } from '../errors.ts';
import { normalId } from '../ids.ts';
import { writeContext, type WriteContext } from '../records/context.ts';
import { createRecord } from '../records/write.ts';
import type { Call } from '../router.ts';
import { isDeleted, type Row, type Value } from '../store/row.ts';

const most = 100;

/** convertLead: each lead by itself. */
export function convertLeads(call: Call, body: XmlNode, header: XmlNode | undefined): Xml[] {
	const leads = body.children.filter(({ name }) => name === 'leadConverts');
	if (leads.length > most) {
		const message = `record limit reached. cannot submit more than ${most} records into this call`;
		throw refusal('EXCEEDED_ID_LIMIT', message);
	}
	const rule = header?.children.find(({ name }) => name === 'DuplicateRuleHeader');
	const context: WriteContext = {
		...writeContext(call),
		assign: false,
		allowDuplicates: rule !== undefined && childText(rule, 'allowSave') === 'true',
	};
	return leads.map((lead) => {
		try {
			const made = call.org.store.transaction(() => convert(context, lead));
			return result(made, []);
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			return result(
				{ leadId: childText(lead, 'leadId') ?? '' },
				error.details.map(({ code, message, fields = [] }) =>
					element('errors', [
						...fields.map((field) => element('fields', field)),
						element('message', message),
						element('statusCode', code),
					]),
				),
			);
		}
	});
}

interface Converted {
	leadId: string;
	accountId?: string;
	contactId?: string;
	opportunityId?: string;
}

function result({ leadId, accountId, contactId, opportunityId }: Converted, errors: Xml[]): Xml {
	const id = (name: string, value: string | undefined) =>
		value === undefined ? element(name, '', 'xsi:nil="true"') : element(name, value);
	return element('result', [
		id('accountId', accountId),
		id('contactId', contactId),
		...errors,
		element('leadId', leadId),
		id('opportunityId', opportunityId),
		id('relatedPersonAccountId', undefined),
		element('success', errors.length === 0),
	]);
}

/** The record a call names. @throws ApiError INVALID_CROSS_REFERENCE_KEY, MALFORMED_ID */
function named({ org }: WriteContext, object: string, text: string): Row {
	const id = normalId(text);
	if (id === undefined) throw refusal('MALFORMED_ID', `malformed id ${text}`, []);
	const row = org.store.table(object).get(id);
	if (!row || isDeleted(row)) {
		throw refusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
	}
	return row;
}

function convert(context: WriteContext, node: XmlNode): Converted {
	const { org, userId } = context;
	const given = (name: string) => childText(node, name)?.trim() || undefined;
	const lead = named(context, 'Lead', given('leadId') ?? '');
	const { values } = lead;
	if (values.IsConverted === true) {
		throw refusal('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', []);
	}
	const status = given('convertedStatus') ?? '';
	const known = org.store
		.rows('LeadStatus')
		.some((one) => one.values.IsConverted === true && one.values.MasterLabel === status);
	if (!known) throw refusal('INVALID_STATUS', `invalid convertedStatus: ${status}`, []);
	const OwnerId = given('ownerId') ?? String(values.OwnerId);
	if (!OwnerId.startsWith('005')) {
		throw refusal(
			'UNKNOWN_EXCEPTION',
			'Converted objects can only be owned by users.  If the lead is not owned by a user, you must specify a user for the Owner field.',
			[],
		);
	}
	const accountId = given('accountId')
		? named(context, 'Account', given('accountId') ?? '').id
		: make(context, 'Account', {
				Name: values.Company,
				OwnerId,
				Phone: values.Phone,
				Industry: values.Industry,
			});
	const contactId = given('contactId')
		? named(context, 'Contact', given('contactId') ?? '').id
		: make(context, 'Contact', {
				FirstName: values.FirstName,
				LastName: values.LastName,
				Email: values.Email,
				Phone: values.Phone,
				Title: values.Title,
				LeadSource: values.LeadSource,
				AccountId: accountId,
				OwnerId,
			});
	const opportunityId = opportunityOf(context, node, lead, { accountId, OwnerId });
	org.store.change(
		lead,
		{
			IsConverted: true,
			ConvertedDate: org.clock.stamp().slice(0, 10),
			ConvertedAccountId: accountId,
			ConvertedContactId: contactId,
			ConvertedOpportunityId: opportunityId ?? null,
			Status: status,
			IsUnreadByOwner: false,
		},
		userId,
	);
	return { leadId: lead.id, accountId, contactId, opportunityId };
}

function opportunityOf(
	context: WriteContext,
	node: XmlNode,
	{ values }: Row,
	{ accountId, OwnerId }: { accountId: string; OwnerId: string },
): string | undefined {
	const existing = childText(node, 'opportunityId');
	if (existing) return named(context, 'Opportunity', existing).id;
	if (childText(node, 'doNotCreateOpportunity') === 'true') return undefined;
	const today = new Date(context.org.clock.now());
	const quarterEnd = Date.UTC(
		today.getUTCFullYear(),
		Math.floor(today.getUTCMonth() / 3) * 3 + 3,
		0,
	);
	return make(context, 'Opportunity', {
		Name: childText(node, 'opportunityName') || values.Company,
		AccountId: accountId,
		StageName: 'Prospecting',
		CloseDate: new Date(quarterEnd).toISOString().slice(0, 10),
		LeadSource: values.LeadSource,
		OwnerId,
	});
}

function make(
	context: WriteContext,
	object: string,
	values: Record<string, Value | undefined>,
): string {
	const type = context.org.schema.get(object);
	if (!type) throw new Error(`There is no object ${object}`);
	return createRecord(context, type, values).id;
}
