import { defineOperation } from '../../../shared/node/defineOperation';
import type { LdapClient } from '../../transport/client';
import { attributesOfClass, matching } from '../../transport/schemaRows';

export const getSchema = defineOperation({
	name: 'Get Schema',
	value: 'getSchema',
	action: 'Get the schema of the server',
	description: 'List the attribute types or object classes of the server, with what they inherit',
	repeatable: true,
	properties: [
		{
			displayName: 'Definitions',
			name: 'definitions',
			type: 'options',
			options: [
				{ name: 'Attribute Types', value: 'attributeTypes' },
				{ name: 'Attributes of an Object Class', value: 'attributesOfClass' },
				{ name: 'Object Classes', value: 'objectClasses' },
			],
			default: 'attributeTypes',
			description: 'What to list',
		},
		{
			displayName: 'Object Class',
			name: 'objectClass',
			type: 'string',
			required: true,
			displayOptions: { show: { definitions: ['attributesOfClass'] } },
			default: '',
			placeholder: 'e.g. inetOrgPerson',
			description: 'Name or OID of the class. What it inherits from its superiors is listed too.',
		},
		{
			displayName: 'Kind',
			name: 'kind',
			type: 'options',
			displayOptions: { show: { definitions: ['objectClasses'] } },
			options: [
				{ name: 'Abstract', value: 'abstract' },
				{ name: 'All', value: 'all' },
				{ name: 'Auxiliary', value: 'auxiliary' },
				{ name: 'Structural', value: 'structural' },
			],
			default: 'all',
			description: 'Which classes to list',
		},
		{
			displayName: 'Name Contains',
			name: 'search',
			type: 'string',
			default: '',
			placeholder: 'e.g. mail',
			description:
				'Only what has this text in one of its names or in its description, or has this OID. Upper and lower case are the same.',
		},
	],
	async execute(ldap: LdapClient, { definitions, objectClass = '', kind = 'all', search }) {
		const schema = await ldap.schema();
		if (schema.refusal) throw schema.refusal;
		if (definitions === 'attributesOfClass')
			return attributesOfClass(schema, objectClass.trim()).filter(matching(search));
		if (definitions === 'attributeTypes') return schema.attributeTypes.filter(matching(search));
		return schema.objectClasses.filter(
			(found) => (kind === 'all' || found.kind === kind) && matching(search)(found),
		);
	},
});
