import { refusal } from '../errors.ts';
import { isDeleted } from '../store/row.ts';
import type { Behaviour } from './behaviour.ts';

export const lead: Behaviour = {
	beforeWrite(_, __, row) {
		if (row?.values.IsConverted !== true) return;
		throw refusal('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', []);
	},
};

export const supportCase: Behaviour = {
	beforeWrite({ org }, values) {
		if (values.Status === undefined) return;
		values.ClosedDate = values.Status === 'Closed' ? org.clock.stamp() : null;
	},
};

export const campaignMember: Behaviour = {
	beforeWrite({ org }, values, row) {
		if (values.Status !== undefined) values.HasResponded = values.Status === 'Responded';
		if (row) return;
		const person = values.ContactId ?? values.LeadId ?? null;
		if (person === null) {
			const message = 'A campaign member must be a lead or a contact.';
			throw refusal('REQUIRED_FIELD_MISSING', message, ['LeadId', 'ContactId']);
		}
		const field = values.ContactId ? 'ContactId' : 'LeadId';
		const there = org.store
			.table('CampaignMember')
			.having(field, person)
			.some((one) => !isDeleted(one) && one.values.CampaignId === values.CampaignId);
		if (there) throw refusal('DUPLICATE_VALUE', 'Already a campaign member.', []);
	},
};
