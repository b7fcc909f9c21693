import type { Failure } from '../../shared/resilience/failure';
import { Code } from './message';

// What an operation makes of a result that is no success: codes of RFC 4511 section 4.1.9.

/** There is no such entry, or this credential may not see it. */
export const isMissing = ({ status, code, kind }: Failure): boolean =>
	// Some servers say noSuchObject when the one who signs in is not there.
	(status === Code.noSuchObject && kind !== 'auth') || code === 'NO_SUCH_ENTRY';

/** There is no such entry, or a server says that there cannot be one (RFC 4511 appendix A.2). */
export const isNowhere = (failure: Failure): boolean =>
	isMissing(failure) || failure.status === Code.invalidDnSyntax;

/** The server could, but is not willing to (RFC 4511 appendix A.2). */
export const isUnwilling = ({ status, kind }: Failure): boolean =>
	status === Code.unwillingToPerform && kind !== 'auth';

/** There is an entry of this name already. */
export const isThere = ({ status }: Failure): boolean => status === Code.entryAlreadyExists;

const DONE_ALREADY: ReadonlySet<number> = new Set([
	Code.attributeOrValueExists,
	Code.noSuchAttribute,
	Code.entryAlreadyExists,
	Code.unwillingToPerform,
]);

/**
 * A value to add is there, or one to remove is not: the first two by the standard; for members of groups
 * Active Directory says the others.
 */
export const isDoneAlready = ({ status = 0 }: Failure): boolean => DONE_ALREADY.has(status);

/** The value to remove is not there. */
export const isValueMissing = ({ status }: Failure): boolean => status === Code.noSuchAttribute;

/** There are entries below it. */
export const hasChildren = ({ status }: Failure): boolean => status === Code.notAllowedOnNonLeaf;

/** The entry would lack something that its object class requires. */
export const isSchemaViolation = ({ status }: Failure): boolean =>
	status === Code.objectClassViolation;

/** The server did a part, and wants to be asked again. */
export const isTooMuchAtOnce = ({ status }: Failure): boolean => status === Code.adminLimitExceeded;

/**
 * The server does not show it, or has nothing of the kind: whatever else it can do can be done. "other" is
 * what small servers say that do not expect the question.
 */
export const isHidden = ({ phase, scope, status }: Failure): boolean =>
	(phase === 'rejected' && scope !== 'credential') || status === Code.other;
