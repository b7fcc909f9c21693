import type { Failure } from '../../../shared/resilience/failure';
import { toFailure } from '../../../shared/resilience/failure';
import type { XmlElement } from '../../../shared/transport/xml';
import { child, children, text } from '../../../shared/transport/xml';
import type { SalesforceClient } from '../client';
import { inRounds } from '../composite/inRounds';
import { rowFailure } from '../failure';
import { path, withQuery } from '../path';
import { firstRow } from '../query/firstRow';
import { soapCall } from '../soap';

/**
 * What to make of a lead, in the order of the partner WSDL, which is a sequence.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm
 */
export interface LeadConvert {
	/** default: a new account */
	accountId?: string;
	bypassAccountDedupeCheck?: boolean;
	bypassContactDedupeCheck?: boolean;
	/** default: a new contact */
	contactId?: string;
	convertedStatus: string;
	doNotCreateOpportunity: boolean;
	leadId: string;
	opportunityId?: string;
	/** default: the company of the lead */
	opportunityName?: string;
	overwriteLeadSource?: boolean;
	ownerId?: string;
	relatedPersonAccountId?: string;
	sendNotificationEmail: boolean;
}

export interface Converted {
	leadId: string;
	accountId: string | null;
	contactId: string | null;
	opportunityId: string | null;
}

export interface ConvertOptions {
	/** save although duplicate rules warn */
	allowDuplicates: boolean;
}

/** Most leads that one call takes. */
export const MAX_LEADS = 100;

/**
 * Converts leads; REST has nothing for it, only SOAP. A result for each, in order. A lead whose conversion
 * was not answered is asked for: it is converted or not, and never converted twice. Leads that were locked
 * are sent again, and only they.
 */
export async function convertLeads(
	client: SalesforceClient,
	leads: LeadConvert[],
	options: ConvertOptions,
): Promise<Array<Converted | Failure>> {
	let wasLost = false;
	return await inRounds<LeadConvert, Converted>(client, leads, {
		packOf: (left) => left.slice(0, MAX_LEADS),
		send: async (pack) => {
			const { results, lost } = await convertTogether(client, pack, options);
			wasLost ||= lost;
			return wasLost ? await Promise.all(results.map(inDoubt(client, pack))) : results;
		},
	});
}

/** A lead may have been converted by the request whose answer was lost. */
const inDoubt =
	(client: SalesforceClient, leads: LeadConvert[]) =>
	async (result: Converted | Failure, n: number): Promise<Converted | Failure> => {
		if (!('code' in result) || result.code !== 'CANNOT_UPDATE_CONVERTED_LEAD') return result;
		const { leadId = '' } = leads[n] ?? {};
		return await converted(client, leadId).catch((error: unknown) =>
			toFailure(error)
				.inPhase('maybeDone')
				.withHint('The lead is converted, but what it became cannot be read.'),
		);
	};

async function convertTogether(
	client: SalesforceClient,
	leads: LeadConvert[],
	{ allowDuplicates }: ConvertOptions,
): Promise<{ results: Array<Converted | Failure>; lost: boolean }> {
	const headers = { DuplicateRuleHeader: { allowSave: allowDuplicates } };
	const about = leads.length === 1 ? `lead "${leads[0]?.leadId}"` : `${leads.length} leads`;
	const { answer, lost } = await soapCall(client, {
		operation: 'Convert leads',
		about,
		// A lead that is converted is refused.
		repeatable: true,
		headers,
		name: 'convertLead',
		content: { leadConverts: leads.map((lead) => ({ ...lead })) },
	});
	return { results: children(answer, 'result').map(resultOf), lost };
}

function resultOf(result: XmlElement): Converted | Failure {
	const id = (name: string) => text(result, name) || null;
	if (text(result, 'success') === 'true')
		return {
			leadId: text(result, 'leadId') ?? '',
			accountId: id('accountId'),
			contactId: id('contactId'),
			opportunityId: id('opportunityId'),
		};
	const error = child(result, 'errors');
	return rowFailure({
		statusCode: (error && text(error, 'statusCode')) || 'UNKNOWN_EXCEPTION',
		message: (error && text(error, 'message')) || 'The lead was not converted',
		fields: error ? children(error, 'fields').map((field) => field.text) : [],
	});
}

/** What became of a lead that is converted. */
async function converted(client: SalesforceClient, leadId: string): Promise<Converted> {
	const request = {
		operation: 'Get Lead',
		about: `lead "${leadId}"`,
		path: withQuery(path`/sobjects/Lead/${leadId}`, {
			fields: 'ConvertedAccountId,ConvertedContactId,ConvertedOpportunityId',
		}),
	};
	return await client.call(request, ({ json }) => {
		const lead = json as Record<string, string | null>;
		return {
			leadId,
			accountId: lead.ConvertedAccountId ?? null,
			contactId: lead.ConvertedContactId ?? null,
			opportunityId: lead.ConvertedOpportunityId ?? null,
		};
	});
}

/** The first status of this org that means that a lead is converted. */
export async function convertedStatus(client: SalesforceClient): Promise<string | undefined> {
	const soql =
		'SELECT ApiName FROM LeadStatus WHERE IsConverted = true ORDER BY IsDefault DESC, SortOrder';
	const status = await firstRow(client, soql);
	return status && String(status.ApiName);
}
