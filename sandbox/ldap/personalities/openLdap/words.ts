import type { Words } from '../../personality.ts';
import { Refusal } from '../../refusal.ts';

/** The refusals of slapd, as OpenLDAP 2.5 words them. */
export const openLdapWords: Words = {
	invalidDn: () => new Refusal('invalidDnSyntax', 'invalid DN'),
	noSuchObject: (nearest) => new Refusal('noSuchObject', '', { matchedDn: nearest }),
	noSuchParent: (nearest) => new Refusal('noSuchObject', '', { matchedDn: nearest }),
	noSuchNewParent: () => new Refusal('noSuchObject', 'newSuperior not found'),
	outside: (purpose) =>
		purpose === 'read'
			? new Refusal('noSuchObject')
			: new Refusal('unwillingToPerform', 'no global superior knowledge'),
	entryExists: () => new Refusal('entryAlreadyExists'),
	notLeaf: () => new Refusal('notAllowedOnNonLeaf', 'subordinate objects must be deleted first'),
	undefinedType: (name) =>
		new Refusal('undefinedAttributeType', `${name}: attribute type undefined`),
	noUserModification: (name) =>
		new Refusal('constraintViolation', `${name}: no user modification allowed`),
	manyGiven: (name) => new Refusal('constraintViolation', `${name}: multiple values provided`),
	noValues: (name) => new Refusal('protocolError', `no values given for ${name}`),
	invalidSyntax: (name, index) =>
		new Refusal('invalidAttributeSyntax', `${name}: value #${index} invalid per syntax`),
	givenTwice: (name, index) =>
		new Refusal('attributeOrValueExists', `${name}: value #${index} provided more than once`),
	valueExists: ({ names }, index) =>
		new Refusal(
			'attributeOrValueExists',
			`modify/add: ${names[0]}: value #${index} already exists`,
		),
	noSuchValue: ({ names }) =>
		new Refusal('noSuchAttribute', `modify/delete: ${names[0]}: no such value`),
	noSuchAttribute: ({ names }) =>
		new Refusal('noSuchAttribute', `modify/delete: ${names[0]}: no such attribute`),
	singleValue: (name) =>
		new Refusal('constraintViolation', `attribute '${name}' cannot have multiple values`),
	noObjectClass: () => new Refusal('objectClassViolation', 'no objectClass attribute'),
	unknownClass: (_name, index) =>
		new Refusal('invalidAttributeSyntax', `objectClass: value #${index} invalid per syntax`),
	noStructuralClass: () =>
		new Refusal('objectClassViolation', 'no structural object class provided'),
	structuralChain: (one, other) =>
		new Refusal('objectClassViolation', `invalid structural object class chain (${one}/${other})`),
	structuralChange: (from, to) =>
		new Refusal(
			'objectClassModsProhibited',
			`structural object class modification from '${from}' to '${to}' not allowed`,
		),
	missing: (className, attribute) =>
		new Refusal(
			'objectClassViolation',
			`object class '${className}' requires attribute '${attribute}'`,
		),
	notAllowed: (attribute) =>
		new Refusal('objectClassViolation', `attribute '${attribute}' not allowed`),
	naming: (attribute, others) =>
		new Refusal(
			'namingViolation',
			`${others ? 'value of ' : ''}naming attribute '${attribute}' is not present in entry`,
		),
	insufficientAccess: () => new Refusal('insufficientAccessRights'),
	mustBeEncrypted: () => new Refusal('confidentialityRequired', 'TLS confidentiality required'),
	unsupportedControl: () =>
		new Refusal('unavailableCriticalExtension', 'critical extension is not recognized'),
};
