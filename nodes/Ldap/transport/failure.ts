import type { Redact } from '../../shared/ground/redact';
import { Failure } from '../../shared/resilience/failure';
import type { BerError } from './ber';
import type { Result } from './message';
import { Code } from './message';
import type { Meaning } from './resultCodes';
import { RESULT_CODES } from './resultCodes';
import type { Server } from './servers';
import { nameOf } from './servers';
import { windowsError } from './windowsErrors';

/** What an operation was about, to be named in its failure. */
export interface Doing {
	/** "Modify", "STARTTLS": the operation in the words of the standard */
	doing: string;
	/** DN it is about */
	dn?: string;
	/** somebody signs in who is not the user of the credential */
	asOther?: boolean;
	/** takes the secrets of the credential out of what the server says */
	redact?: Redact;
}

// RFC 4511 section 4.1.9; with other codes some servers give any name there.
const NAMES_NEAREST = new Set<number>([
	Code.noSuchObject,
	Code.aliasProblem,
	Code.invalidDnSyntax,
	Code.aliasDereferencingProblem,
]);

const unknown = (code: number): Meaning => ({
	kind: 'invalid',
	name: 'result code',
	words: `The server answered with the result code ${code}`,
});

/** "noSuchObject (32)" */
export const codeOf = (code: number): string =>
	code === 0 ? 'success (0)' : `${(RESULT_CODES[code] ?? unknown(code)).name} (${code})`;

/** A result that is not a success, as a Failure. The code is that of RFC 4511 with its name. */
export function resultFailure(result: Result, { doing, dn, asOther, redact }: Doing): Failure {
	const {
		words,
		kind,
		phase = 'rejected',
		scope,
		hint,
	} = (doing === 'Bind' ? atSignIn(result) : afterSignIn(result)) ?? meaningOf(result);
	const said = printable(result.message);
	const windows = windowsError(said);
	const what = said ? (windows ? `${said} (${windows.words})` : said) : words;
	const found =
		result.matchedDn && NAMES_NEAREST.has(result.code)
			? ` The nearest entry that exists is "${result.matchedDn}".`
			: '';
	const elsewhere = result.referrals.length > 0 ? ` See ${result.referrals.join(', ')}.` : '';
	const message = `${what} — ${named(doing, dn)}.${found}${elsewhere}`;
	return new Failure({
		kind,
		phase,
		scope: asOther ? 'item' : scope,
		hint: windows?.hint ?? (asOther ? undefined : hint),
		code: codeOf(result.code),
		message: redact ? redact.text(message) : message,
		status: result.code,
	});
}

function meaningOf({ code, message }: Result): Meaning {
	const meaning = RESULT_CODES[code] ?? unknown(code);
	// 1 with this number: not signed in.
	if (code === 1 && /^000004DC/i.test(message))
		return { ...meaning, kind: 'auth', scope: 'credential' };
	// ldapjs says so of what it was given no code for: to try again is of no use.
	if (code === Code.other && NOT_THERE.test(message))
		return { ...meaning, kind: 'invalid', phase: 'rejected', hint: 'The server cannot do this.' };
	return meaning;
}

const NOT_THERE = /\bnot (implemented|supported)\b/i;

/**
 * Servers from Netscape and Novell say of an account that is disabled, expired or locked that they are
 * unwilling or that it breaks a rule, and older ones of a name which nobody has that it is not there.
 */
function atSignIn({ code }: Result): Meaning | undefined {
	const meaning = RESULT_CODES[code];
	if (!meaning || !ABOUT_THE_ACCOUNT.has(code)) return undefined;
	const hint = 'The account may be disabled, locked or expired, or not be there.';
	return { ...meaning, kind: 'auth', scope: 'credential', hint };
}

/**
 * Who is signed in stays so: it is about a password in the request, such as the old one of Password Modify,
 * and no reason to stop what else this credential does.
 */
function afterSignIn({ code }: Result): Meaning | undefined {
	const meaning = RESULT_CODES[code];
	if (!meaning || code !== Code.invalidCredentials) return undefined;
	return { ...meaning, scope: 'item', hint: 'The old password may be wrong.' };
}

const ABOUT_THE_ACCOUNT = new Set<number>([
	Code.constraintViolation,
	Code.noSuchObject,
	Code.unwillingToPerform,
]);

/**
 * Active Directory ends its messages with a NUL; others send line breaks. ApacheDS repeats the whole request in
 * them, with the passwords in it, before it says what is wrong.
 */
const printable = (message: string) =>
	message
		.replace(/failed for MessageType[^]*?(?=\bERR_\d+(?![^]*\bERR_\d)|$)/, '')
		// eslint-disable-next-line no-control-regex
		.replace(/[\u0000-\u001f\u007f]+/g, ' ')
		.trim();

/** The failure of a connection, or of signing in, for one of the operations that it struck. */
export function struck(failure: Failure, { doing, dn, redact }: Doing): Failure {
	const message = `${failure.message} — ${named(doing, dn)}`;
	return new Failure({
		...failure,
		message: redact ? redact.text(message) : message,
		cause: failure.cause,
	});
}

const named = (doing: string, dn?: string) => (dn === undefined ? doing : `${doing} of "${dn}"`);

/** The server closed the connection without a word. */
export const closedByServer = (server: Server): Failure =>
	new Failure({
		kind: 'network',
		phase: 'maybeDone',
		scope: 'host',
		code: 'CONNECTION_CLOSED',
		message: `The server ${nameOf(server)} closed the connection`,
	});

/** Nothing came for so long that the connection is taken for dead. */
export const silent = (idleMs: number, server: Server): Failure =>
	new Failure({
		kind: 'timeout',
		phase: 'maybeDone',
		scope: 'host',
		code: 'IDLE_TIMEOUT',
		message: `The server ${nameOf(server)} said nothing for ${idleMs / 1_000} s`,
		hint: 'A search that the server cannot answer from an index takes long: filter by indexed attributes.',
	});

/** What came is no LDAP: it cannot be known what comes after it. */
export const badFrame = (cause: BerError, server: Server): Failure =>
	new Failure({
		kind: 'network',
		phase: 'maybeDone',
		scope: 'host',
		code: 'BAD_ANSWER',
		message: `What the server ${nameOf(server)} sends is not LDAP: ${cause.message}`,
		hint: 'Check host, port and encryption in the credential: 389 is for STARTTLS or none, 636 for LDAPS.',
		cause,
	});

/** The message is one of LDAP, and a value in it is not: it would be the same the next time. */
export const badControl = (cause: BerError, server: Server): Failure =>
	new Failure({
		kind: 'invalid',
		phase: 'maybeDone',
		code: 'BAD_ANSWER',
		message: `A control in the answer of the server ${nameOf(server)} cannot be read: ${cause.message}`,
		hint: 'Where it is about pages, set "Page Size" to 0; where it is about the order, leave "Sort By" out.',
		cause,
	});

const NOTICE_OF_DISCONNECTION = '1.3.6.1.4.1.1466.20036';

/** Says that something was not done, and why. */
export const isRefusal = ({ code }: Result): boolean => code in RESULT_CODES;

/**
 * The server says why it closes the connection (RFC 4511 section 4.4.1).
 * @param alone only one request waits: it is that one which the server does not understand
 */
export function noticeOfDisconnection(
	result: Result,
	server: Server,
	alone: boolean,
): Failure | undefined {
	if (result.oid !== NOTICE_OF_DISCONNECTION) return undefined;
	const { hint, name } = meaningOf(result);
	const said = printable(result.message);
	if (alone && result.code === Code.protocolError)
		return new Failure({
			kind: 'invalid',
			phase: 'rejected',
			code: codeOf(result.code),
			message: `The server ${nameOf(server)} does not understand the request: ${said || name}`,
			hint: 'It may not have what the request asks for: leave options out, or write the filter in another way.',
			status: result.code,
		});
	return new Failure({
		kind: result.code === 8 || result.code === 13 ? 'auth' : 'unavailable',
		// What it had begun may be done.
		phase: 'maybeDone',
		scope: 'host',
		code: codeOf(result.code),
		message: `The server ${nameOf(server)} ended the connection: ${said || name}`,
		hint,
		status: result.code,
	});
}

/** The same failure for a request that was not even sent. */
export const notSent = (failure: Failure): Failure => failure.inPhase('notSent');
