import { types } from 'node:util';
import { Failure } from '../resilience/failure';
import { isRefusal, notAllowed } from './egress';

const TIMED_OUT = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ECONNABORTED', 'IDLE_TIMEOUT']);

const HINTS: Record<string, string> = {
	ENOTFOUND: 'Check the spelling of the host name in the credential.',
	EAI_AGAIN: 'The DNS server of this machine does not answer.',
	ECONNREFUSED: 'Check host and port in the credential, and that the server runs.',
	IDLE_TIMEOUT: 'The server accepted the request and then went silent.',
};

/**
 * A broken or refused connection as a Failure. TLS failures are `invalid`: no retry makes a
 * certificate valid.
 * @param sent whether the connection stood, so that the request may have been received
 */
export function networkFailure(thrown: unknown, sent: boolean): Failure {
	const cause = causeOf(thrown);
	if (cause instanceof Failure) return cause;
	if (isRefusal(cause)) return notAllowed(cause);
	const { code, message } = describe(cause);
	if (!sent && isUnsendable(code))
		return new Failure({
			kind: 'invalid',
			phase: 'notSent',
			code,
			message: `The request cannot be sent: ${message}`,
			cause,
		});
	if (isRefusedCertificate(code) || (!sent && isTls(code, message)))
		return new Failure({
			kind: 'invalid',
			phase: sent ? 'rejected' : 'notSent',
			scope: 'host',
			code,
			message: `No trusted TLS connection: ${message}`,
			hint: isRefusedCertificate(code)
				? 'The server does not accept the client certificate in the credential, or wants one.'
				: code.startsWith('ERR_OSSL')
					? 'Check the client certificate in the credential, its key and its passphrase.'
					: 'If the server uses a certificate of a private authority, paste that CA certificate into the credential.',
			cause,
		});
	return new Failure({
		kind: TIMED_OUT.has(code) ? 'timeout' : 'network',
		phase: sent ? 'maybeDone' : 'notSent',
		scope: 'host',
		code,
		message: sent ? `The connection broke: ${message}` : `No connection: ${message}`,
		hint: sent || code !== 'IDLE_TIMEOUT' ? HINTS[code] : undefined,
		cause,
	});
}

/** The error below axios' own, which carries the request with all its headers: secrets. */
function causeOf(thrown: unknown): Error {
	if (!isError(thrown)) return new Error(String(thrown));
	if (!('config' in thrown)) return thrown;
	if (isError(thrown.cause)) return causeOf(thrown.cause);
	return Object.assign(new Error(thrown.message), { code: describe(thrown).code });
}

function describe(error: Error): { code: string; message: string } {
	const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
	// A host with several addresses: one error for each, and no message of its own.
	const [first] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
	return { code, message: wordsOf(error) || (isError(first) ? first.message : code) };
}

// OpenSSL's own begin with numbers and end with a line of its source.
const wordsOf = ({ message }: Error) =>
	/^\w+:error:\w+:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;

// Errors that Node makes are not `instanceof Error` where the code runs in a context of its own.
const isError = (value: unknown): value is Error =>
	value instanceof Error || types.isNativeError(value);

// Node refuses the path or a header before it connects. https://nodejs.org/api/errors.html
const isUnsendable = (code: string) => /^ERR_(UNESCAPED|INVALID|HTTP_INVALID)_/.test(code);

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
const isTls = (code: string, message: string) =>
	/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO)/.test(
		code,
	) || /wrong version number|certificate|SSL routines/i.test(message);

// In TLS 1.3 the client has finished, and may have written, before the server looks at its
// certificate; the alert means that nothing of it was read. (RFC 8446 section 4.4.2.4)
const isRefusedCertificate = (code: string) => /^ERR_SSL_\w+_ALERT_\w*(CERT|UNKNOWN_CA)/.test(code);
