import { defineOperation } from '../../../shared/node/defineOperation';
import { limitField, returnAllField, rowLimit } from '../../../shared/node/rowsOutput';
import type { LdapClient } from '../../transport/client';
import { attributesField, baseField, shapeOptions } from '../fields';
import { filterFields } from '../filterFields';
import { filterOf } from '../filterOf';
import {
	delivered,
	searchFileField,
	searchOutputField,
	valueSeparatorOption,
} from '../searchOutput';
import { askedFor } from '../shaped';
import { searchOptions } from './searchOptions';

export const search = defineOperation({
	name: 'Search',
	value: 'search',
	action: 'Search for entries',
	description: 'Find entries by a filter: all pages, any number',
	repeatable: true,
	properties: [
		baseField,
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'options',
			options: [
				{ name: 'Base Entry Only', value: 'base' },
				{
					name: 'Everything Below',
					value: 'children',
					description: 'Without the base entry itself',
				},
				{ name: 'One Level Below', value: 'one' },
				{ name: 'Whole Subtree', value: 'subtree', description: 'The base entry and all below it' },
			],
			default: 'subtree',
		},
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
			options: [...searchOptions, ...shapeOptions, valueSeparatorOption],
		},
	],
	async execute(ldap: LdapClient, input, item) {
		const { base, scope, attributes, returnAll, options } = input;
		const limit = rowLimit(returnAll, input.limit ?? 50);
		const schema = await ldap.schema();
		const entries = ldap.search({
			base: base.trim() || (await ldap.baseDn()),
			scope,
			filter: filterOf(input, schema),
			attributes: askedFor(attributes, options),
			sizeLimit: returnAll ? 0 : limit,
			derefAliases: options.derefAliases,
			pageSize: options.pageSize,
			timeLimit: options.timeLimit,
			typesOnly: options.typesOnly,
			sort: options.sort?.keys?.map(({ attribute, order, matchingRule }) => ({
				attribute,
				reverse: order === 'descending',
				...(matchingRule && { matchingRule }),
			})),
		});
		return await delivered({ entries, schema, attributes, limit }, input, item);
	},
});
