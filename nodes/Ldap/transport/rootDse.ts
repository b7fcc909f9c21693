import type { RootDse } from './client';
import type { Attribute } from './entry';

// https://learn.microsoft.com/openspecs/windows_protocols/ms-adts: LDAP_CAP_ACTIVE_DIRECTORY_OID
// and LDAP_CAP_ACTIVE_DIRECTORY_ADAM_OID
const ACTIVE_DIRECTORY = ['1.2.840.113556.1.4.800', '1.2.840.113556.1.4.1851'];

/** "+" is for servers with RFC 3673; the others show what is operational by its name only (RFC 4512 section 5.1). */
export const ROOT_ATTRIBUTES = [
	'*',
	'+',
	'altServer',
	'namingContexts',
	'defaultNamingContext',
	'subschemaSubentry',
	'supportedCapabilities',
	'supportedControl',
	'supportedExtension',
	'supportedFeatures',
	'supportedLDAPVersion',
	'supportedSASLMechanisms',
	'vendorName',
	'vendorVersion',
];

/** The root DSE with the values of the names that are known. */
export function parseRootDse(attributes: Attribute[]): RootDse {
	const values = (name: string) =>
		attributes
			.filter(({ type }) => type.toLowerCase() === name.toLowerCase())
			.flatMap((attribute) => attribute.values.map((value) => value.toString()));
	const supportedCapabilities = new Set(values('supportedCapabilities'));
	const isActiveDirectory = ACTIVE_DIRECTORY.some((oid) => supportedCapabilities.has(oid));
	const isOpenLdap = values('objectClass').some((name) => name === 'OpenLDAProotDSE');
	return {
		namingContexts: values('namingContexts'),
		defaultNamingContext: values('defaultNamingContext').at(0),
		subschemaSubentry: values('subschemaSubentry').at(0),
		supportedControl: new Set(values('supportedControl')),
		supportedExtension: new Set(values('supportedExtension')),
		supportedFeatures: new Set(values('supportedFeatures')),
		supportedCapabilities,
		supportedSASLMechanisms: values('supportedSASLMechanisms'),
		attributes,
		vendor: isActiveDirectory ? 'activeDirectory' : isOpenLdap ? 'openLdap' : 'other',
	};
}

/** Where people and groups are: a server has trees of its own beside it, and may name them first. */
export function baseOf({ defaultNamingContext, namingContexts }: RootDse): string {
	const contexts = namingContexts.filter((name) => name !== '');
	return (
		defaultNamingContext ?? contexts.find((name) => !OF_THE_SERVER.test(name)) ?? contexts[0] ?? ''
	);
}

// OpenLDAP and 389 Directory Server: cn=accesslog, cn=changelog; ApacheDS: the second; AD LDS: the last.
const OF_THE_SERVER =
	/^(cn=[^,]*|ou=(system|schema|config)|(cn=schema,)?cn=configuration,cn=\{[^,]*\})$/i;
