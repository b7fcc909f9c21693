import { byDisplayName } from '../../../shared/node/byDisplayName';
import { defineOperation } from '../../../shared/node/defineOperation';
import { limitField, returnAllField, rowLimit } from '../../../shared/node/rowsOutput';
import type { LdapClient } from '../../transport/client';
import { attributesField, baseField, shapeOptions } from '../fields';
import { filterFields } from '../filterFields';
import { filterOf } from '../filterOf';
import { delivered } from '../searchOutput';
import {
	referralsOption,
	scopeField,
	searchFileField,
	searching,
	searchOptions,
	searchOutputField,
	typesOnlyOption,
	valueSeparatorOption,
} from '../searchFields';

export const search = defineOperation({
	name: 'Search',
	value: 'search',
	action: 'Search for entries',
	description: 'Find entries by a filter: all pages, any number',
	repeatable: true,
	properties: [
		baseField,
		scopeField,
		...filterFields,
		attributesField,
		returnAllField,
		limitField,
		searchOutputField,
		searchFileField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				...[...searchOptions, ...shapeOptions],
				...[referralsOption, typesOnlyOption, valueSeparatorOption],
			].sort(byDisplayName),
		},
	],
	async execute(ldap: LdapClient, input, item) {
		const { attributes, returnAll } = input;
		const limit = rowLimit(returnAll, input.limit ?? 50);
		const schema = await ldap.schema();
		const filter = filterOf(input, schema);
		const entries = await searching(ldap, input, filter, returnAll ? 0 : limit);
		return await delivered({ entries, schema, attributes, limit }, input, item);
	},
});
