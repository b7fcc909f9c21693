import type { Failure } from '../../shared/resilience/failure';

// What an operation makes of a result that is no success: codes of RFC 4511 section 4.1.9.

/** There is no such entry, or this credential may not see it. */
export const isMissing = ({ status, code, kind }: Failure): boolean =>
	// Some servers say 32 when the one who signs in is not there.
	(status === 32 && kind !== 'auth') || code === 'NO_SUCH_ENTRY';

/** There is no such entry, or a server says that there cannot be one (RFC 4511 appendix A.2). */
export const isNowhere = (failure: Failure): boolean => isMissing(failure) || failure.status === 34;

/** The server could, but is not willing to (RFC 4511 appendix A.2). */
export const isUnwilling = ({ status, kind }: Failure): boolean => status === 53 && kind !== 'auth';

/** There is an entry of this name already. */
export const isThere = ({ status }: Failure): boolean => status === 68;

/**
 * A value to add is there, or one to remove is not: 20 and 16 by the standard; for members of groups Active
 * Directory says 68 and 53.
 */
export const isDoneAlready = ({ status = 0 }: Failure): boolean =>
	[16, 20, 53, 68].includes(status);

/** The value to remove is not there. */
export const isValueMissing = ({ status }: Failure): boolean => status === 16;

/** There are entries below it. */
export const hasChildren = ({ status }: Failure): boolean => status === 66;

/** The entry would lack something that its object class requires. */
export const isSchemaViolation = ({ status }: Failure): boolean => status === 65;

/** The server did a part, and wants to be asked again. */
export const isTooMuchAtOnce = ({ status }: Failure): boolean => status === 11;

/**
 * The server does not show it, or has nothing of the kind: whatever else it can do can be done. 80:
 * what small servers say that do not expect the question.
 */
export const isHidden = ({ phase, scope, status }: Failure): boolean =>
	(phase === 'rejected' && scope !== 'credential') || status === 80;
