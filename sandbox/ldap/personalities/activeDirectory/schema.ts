import { Schema, type Rules } from '../../schema.ts';
import { attributeTypes, rootDseTypes } from '../../schema/activeDirectory.ts';
import { objectClasses } from '../../schema/activeDirectoryClasses.ts';

const text: Rules = {
	equality: 'caseIgnoreMatch',
	ordering: 'caseIgnoreOrderingMatch',
	substrings: 'caseIgnoreSubstringsMatch',
};
const number: Rules = { equality: 'integerMatch', ordering: 'integerOrderingMatch' };
const time: Rules = { equality: 'generalizedTimeMatch', ordering: 'generalizedTimeOrderingMatch' };
const octets: Rules = { equality: 'octetStringMatch', ordering: 'octetStringOrderingMatch' };
const RFC4517 = '1.3.6.1.4.1.1466.115.121.1.';

/** Categories of the classes whose category has another name (MS-ADSC defaultObjectCategory). */
const categories: Record<string, string> = {
	person: 'Person',
	organizationalperson: 'Person',
	user: 'Person',
	inetorgperson: 'Person',
	contact: 'Person',
	computer: 'Computer',
	group: 'Group',
	organizationalunit: 'Organizational-Unit',
	container: 'Container',
	groupofnames: 'Group-Of-Names',
	builtindomain: 'Builtin-Domain',
	foreignsecurityprincipal: 'Foreign-Security-Principal',
	domain: 'Domain-DNS',
	domaindns: 'Domain-DNS',
	country: 'Country',
	locality: 'Locality',
	organization: 'Organization',
};

/** The cn in objectCategory of an entry of this class. */
export const categoryOf = (className: string) => categories[className.toLowerCase()] ?? className;

/** Active Directory compares by the syntax of an attribute (MS-ADTS section 3.1.1.2.2.4). */
export const schema = new Schema(
	{ attributeTypes, objectClasses },
	{
		upperCaseTypes: true,
		escape: 'character',
		categories,
		// Both are given with a new entry, and auxiliary classes come and go.
		writable: ['objectClass', 'instanceType', 'dc'],
		hiddenTypes: rootDseTypes,
		operational: [
			...['canonicalName', 'createTimeStamp', 'modifyTimeStamp', 'msDS-parentdistname'],
			...['msDS-PrincipalName', 'msDS-User-Account-Control-Computed', 'nTSecurityDescriptor'],
			...['primaryGroupToken', 'structuralObjectClass', 'subSchemaSubEntry', 'tokenGroups'],
		],
		rules: {
			[`${RFC4517}15`]: text,
			[`${RFC4517}26`]: text,
			[`${RFC4517}44`]: text,
			'1.2.840.113556.1.4.905': text,
			[`${RFC4517}36`]: { ...text, equality: 'numericStringMatch' },
			[`${RFC4517}12`]: { equality: 'distinguishedNameMatch' },
			[`${RFC4517}38`]: { equality: 'objectIdentifierMatch' },
			[`${RFC4517}7`]: { equality: 'booleanMatch' },
			[`${RFC4517}27`]: number,
			'1.2.840.113556.1.4.906': number,
			[`${RFC4517}24`]: time,
			[`${RFC4517}40`]: octets,
			'1.2.840.113556.1.4.907': octets,
			objectCategory: { equality: 'objectCategoryMatch' },
			objectSid: { ...octets, equality: 'sidMatch' },
			tokenGroups: { ...octets, equality: 'sidMatch' },
		},
	},
);
