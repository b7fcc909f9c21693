import { Failure } from '../resilience/failure';

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
export function networkFailure(error: unknown, sent: boolean): Failure {
	if (error instanceof Failure) return error;
	const code = codeOf(error);
	const message = error instanceof Error ? error.message : String(error);
	if (!sent && isTls(code, message))
		return new Failure({
			kind: 'invalid',
			phase: 'notSent',
			scope: 'host',
			code,
			message: `No trusted TLS connection: ${message}`,
			hint: 'If the server uses a certificate of a private authority, paste that CA certificate into the credential.',
			cause: error,
		});
	return new Failure({
		kind: TIMED_OUT.has(code) ? 'timeout' : 'network',
		phase: sent ? 'maybeDone' : 'notSent',
		scope: 'host',
		code,
		message: sent ? `The connection broke: ${message}` : `No connection: ${message}`,
		hint: HINTS[code],
		cause: error,
	});
}

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
const isTls = (code: string, message: string) =>
	/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO)/.test(
		code,
	) || /wrong version number|certificate|SSL routines/i.test(message);

function codeOf(error: unknown): string {
	if (error instanceof Error && 'code' in error && typeof error.code === 'string')
		return error.code;
	return error instanceof Error ? error.name : 'UNKNOWN';
}
