import type { FailureDetails } from '../../shared/resilience/failure';

export interface Meaning extends Pick<FailureDetails, 'kind'> {
	/** as RFC 4511 appendix A spells it */
	name: string;
	/** said where the server says nothing */
	words: string;
	hint?: string;
	phase?: FailureDetails['phase'];
	scope?: FailureDetails['scope'];
}

const invalid = (name: string, words: string, hint?: string): Meaning => ({
	kind: 'invalid',
	name,
	words,
	hint,
});
const conflict = (name: string, words: string, hint?: string): Meaning => ({
	kind: 'conflict',
	name,
	words,
	hint,
});
const signIn = (name: string, words: string, hint: string): Meaning => ({
	kind: 'auth',
	scope: 'credential',
	name,
	words,
	hint,
});

const ENCRYPT = 'Choose LDAPS or STARTTLS under "Encryption" in the credential.';

/**
 * Result codes that are no success. RFC 4511 appendix A.2; 118 to 121: RFC 3909; 122: RFC 4528;
 * 123: RFC 4370; 4096: RFC 4533.
 */
export const RESULT_CODES: Record<number, Meaning> = {
	1: invalid('operationsError', 'The server cannot do this now'),
	2: invalid(
		'protocolError',
		'The server does not understand the request',
		'It may not have what the request asks for: the root DSE lists the controls and extended operations it has.',
	),
	3: invalid(
		'timeLimitExceeded',
		'The time limit was reached',
		'Search below a smaller part of the directory, filter by attributes that the server has indexed, or raise the time limit.',
	),
	4: invalid(
		'sizeLimitExceeded',
		'The server gives no more entries at once',
		'Search in pages, or narrow the filter.',
	),
	7: signIn(
		'authMethodNotSupported',
		'The server does not support this way of signing in',
		'Choose another one under "Sign In With" in the credential.',
	),
	8: signIn('strongerAuthRequired', 'The server wants an encrypted connection', ENCRYPT),
	10: invalid(
		'referral',
		'Another server is responsible',
		'Put that server into the credential, or allow it under "Follow Referrals" there.',
	),
	11: invalid(
		'adminLimitExceeded',
		'A limit of the server was reached',
		'Search below a smaller part of the directory, or ask the administrator of the server to raise the limit.',
	),
	12: invalid(
		'unavailableCriticalExtension',
		'The server does not have what a control of the request asks for',
		'Leave the option out that needs it; the root DSE lists the controls the server has.',
	),
	13: signIn('confidentialityRequired', 'The server wants an encrypted connection', ENCRYPT),
	14: invalid('saslBindInProgress', 'The server waits for the next step of signing in'),
	16: conflict('noSuchAttribute', 'The entry does not have this attribute or value'),
	17: invalid(
		'undefinedAttributeType',
		'The schema of the server does not know an attribute',
		'Check the spelling of the attributes.',
	),
	18: invalid('inappropriateMatching', 'The attribute cannot be compared in this way'),
	19: invalid(
		'constraintViolation',
		'A value breaks a rule of the server',
		'Check the values: length, number of values, and for passwords the password policy.',
	),
	20: conflict('attributeOrValueExists', 'The entry has this value already'),
	21: invalid(
		'invalidAttributeSyntax',
		'A value does not have the form the schema asks for',
		'Check the values against the syntax of their attributes.',
	),
	32: invalid(
		'noSuchObject',
		'There is no such entry',
		'Check the DN; the entry may have been moved or deleted.',
	),
	33: invalid('aliasProblem', 'An alias points to nothing'),
	34: invalid(
		'invalidDNSyntax',
		'This is no DN',
		'A DN looks like "cn=Ann,ou=people,dc=example,dc=org"; a comma inside a value is written "\\,".',
	),
	36: invalid('aliasDereferencingProblem', 'An alias may not be followed'),
	48: signIn(
		'inappropriateAuthentication',
		'This entry cannot be signed in with in this way',
		'Check whether the entry has a password, or choose another one under "Sign In With".',
	),
	49: signIn(
		'invalidCredentials',
		'Name or password is wrong',
		'Check "User" and "Password" in the credential.',
	),
	50: {
		kind: 'auth',
		name: 'insufficientAccessRights',
		words: 'The user of the credential is not allowed to do this',
		hint: 'Ask the administrator of the directory for the right, or use another credential.',
	},
	51: { kind: 'unavailable', name: 'busy', words: 'The server is too busy' },
	52: { kind: 'unavailable', name: 'unavailable', words: 'The server is shutting down or offline' },
	53: invalid('unwillingToPerform', 'The server refuses to do this'),
	54: invalid('loopDetect', 'The server found a loop of aliases or references'),
	64: invalid(
		'namingViolation',
		'An entry of this kind cannot have this name or stand in this place',
		'Check the first part of the DN, and whether its parent exists and may have such children.',
	),
	65: invalid(
		'objectClassViolation',
		'The entry would not fit its object classes',
		'Check for attributes that its object classes require or do not allow.',
	),
	66: conflict(
		'notAllowedOnNonLeaf',
		'The entry has children',
		'Delete its children first, or delete the whole tree.',
	),
	67: invalid(
		'notAllowedOnRDN',
		'The attribute is part of the name of the entry',
		'Rename the entry instead.',
	),
	68: conflict('entryAlreadyExists', 'The entry exists already'),
	69: invalid('objectClassModsProhibited', 'The object class of an entry cannot be changed so'),
	71: invalid('affectsMultipleDSAs', 'It would concern more than one server'),
	80: {
		kind: 'unavailable',
		phase: 'maybeDone',
		scope: 'item',
		name: 'other',
		words: 'The server had an error of its own',
	},
	118: conflict('canceled', 'The operation was cancelled'),
	119: conflict('noSuchOperation', 'There is no such operation to cancel'),
	120: conflict('tooLate', 'It was too late to cancel the operation'),
	121: conflict('cannotCancel', 'The operation cannot be cancelled'),
	122: conflict('assertionFailed', 'The entry is not what it was assumed to be'),
	123: signIn(
		'authorizationDenied',
		'The server does not let this user act for the other one',
		'Check "Authorization ID" in the credential.',
	),
	4096: conflict('syncRefreshRequired', 'The server wants to begin anew'),
};
