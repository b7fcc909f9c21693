/** Result codes of RFC 4511 appendix A, 4370, 4528, 4533 and 3909. */
export const ResultCode = {
	success: 0,
	operationsError: 1,
	protocolError: 2,
	timeLimitExceeded: 3,
	sizeLimitExceeded: 4,
	compareFalse: 5,
	compareTrue: 6,
	authMethodNotSupported: 7,
	strongerAuthRequired: 8,
	referral: 10,
	adminLimitExceeded: 11,
	unavailableCriticalExtension: 12,
	confidentialityRequired: 13,
	saslBindInProgress: 14,
	noSuchAttribute: 16,
	undefinedAttributeType: 17,
	inappropriateMatching: 18,
	constraintViolation: 19,
	attributeOrValueExists: 20,
	invalidAttributeSyntax: 21,
	noSuchObject: 32,
	aliasProblem: 33,
	invalidDnSyntax: 34,
	aliasDereferencingProblem: 36,
	inappropriateAuthentication: 48,
	invalidCredentials: 49,
	insufficientAccessRights: 50,
	busy: 51,
	unavailable: 52,
	unwillingToPerform: 53,
	loopDetect: 54,
	namingViolation: 64,
	objectClassViolation: 65,
	notAllowedOnNonLeaf: 66,
	notAllowedOnRdn: 67,
	entryAlreadyExists: 68,
	objectClassModsProhibited: 69,
	affectsMultipleDsas: 71,
	other: 80,
	canceled: 118,
	noSuchOperation: 119,
	tooLate: 120,
	cannotCancel: 121,
	assertionFailed: 122,
	syncRefreshRequired: 4096,
} as const;

/** The names of the result codes in RFC 4511. */
export type ResultName = keyof typeof ResultCode;

/** An operation ends without success. */
export class Refusal extends Error {
	readonly code: number;
	/** DN of the last entry that was found on the way to the one asked for */
	readonly matchedDn: string;
	readonly referrals: readonly string[];

	constructor(
		result: ResultName | number,
		message = '',
		{ matchedDn = '', referrals = [] }: { matchedDn?: string; referrals?: readonly string[] } = {},
	) {
		super(message);
		this.code = typeof result === 'number' ? result : ResultCode[result];
		this.matchedDn = matchedDn;
		this.referrals = referrals;
	}
}

/** The name of a result code, or its number. */
export function resultName(code: number): string {
	return Object.entries(ResultCode).find(([, one]) => one === code)?.[0] ?? String(code);
}
