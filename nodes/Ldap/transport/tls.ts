import { X509Certificate, createPrivateKey } from 'node:crypto';
import { repairPem } from '../../shared/ground/pem';
import type { Failure } from '../../shared/resilience/failure';
import { invalidInput } from '../../shared/resilience/failure';
import type { TlsOptions } from '../../shared/transport/agents';

/** What a credential says about TLS. Certificates and keys are PEM, as people paste it. */
export interface TlsFields {
	ca?: string;
	clientCertificate?: string;
	clientKey?: string;
	clientKeyPassphrase?: string;
	serverName?: string;
	minimumTls?: 'TLSv1.2' | 'TLSv1.3';
	allowUnauthorizedCerts?: boolean;
}

/**
 * The TLS settings of a credential. Whatever is not exactly true verifies the server.
 * @throws Failure invalid that names the field which holds no certificate or key
 */
export function tlsOf(fields: TlsFields): TlsOptions {
	const ca = repairPem(fields.ca);
	const cert = repairPem(fields.clientCertificate);
	const key = repairPem(fields.clientKey);
	const passphrase = fields.clientKeyPassphrase || undefined;
	if (ca) certificate(ca, 'CA Certificate');
	checkIdentity(cert, key, passphrase);
	return {
		...(ca && { ca }),
		...(cert && { cert, key, passphrase }),
		...(fields.serverName?.trim() && { servername: fields.serverName.trim() }),
		minVersion: fields.minimumTls ?? 'TLSv1.2',
		rejectUnauthorized: fields.allowUnauthorizedCerts !== true,
	};
}

function checkIdentity(cert: string, key: string, passphrase?: string): void {
	if (!cert && !key) return;
	if (!cert || !key)
		throw invalidInput(
			cert
				? '"Client Certificate" has no "Client Key"'
				: '"Client Key" has no "Client Certificate"',
			'Fill in both, or neither.',
		);
	if (!certificate(cert, 'Client Certificate').checkPrivateKey(privateKey(key, passphrase)))
		throw invalidInput(
			'"Client Key" is not the key of "Client Certificate"',
			'Paste the key that the certificate was made with. Where there are several certificates, its own comes first.',
		);
}

function certificate(pem: string, field: string): X509Certificate {
	try {
		return new X509Certificate(pem);
	} catch {
		throw invalidInput(
			`"${field}" is no certificate`,
			'Paste the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE----- (PEM, in Windows "Base-64 encoded X.509").',
		);
	}
}

function privateKey(pem: string, passphrase?: string) {
	try {
		return createPrivateKey({ key: pem, passphrase });
	} catch {
		const encrypted = /ENCRYPTED/.test(pem);
		throw invalidInput(
			encrypted
				? '"Client Key" cannot be opened with "Client Key Passphrase"'
				: '"Client Key" is no private key',
			encrypted
				? 'Check the passphrase.'
				: 'Paste the text from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY----- (PEM).',
		);
	}
}

// https://nodejs.org/api/tls.html#x509-certificate-error-codes and the alerts of OpenSSL
const HINTS: Array<[codes: RegExp, hint: string]> = [
	[
		/^DEPTH_ZERO_SELF_SIGNED_CERT$/,
		'The certificate of the server is signed by itself. If it is the right one, paste it into "CA Certificate".',
	],
	[
		/^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/,
		'The certificate of the server comes from an authority that is not known here. Paste the certificate of that authority into "CA Certificate".',
	],
	[
		/^CERT_HAS_EXPIRED$/,
		'The certificate of the server, or of its authority, has expired and must be renewed there.',
	],
	[
		/^CERT_NOT_YET_VALID$/,
		'The certificate of the server is not valid yet. Check the clocks of both machines.',
	],
	[
		/^ERR_TLS_CERT_ALTNAME_INVALID$/,
		'The certificate was issued for other names. Write one of them as the server, or into "Server Name" where they are the same machine.',
	],
	[
		/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/,
		'This port does not speak TLS. LDAPS usually is on port 636; for port 389 choose STARTTLS.',
	],
	[
		/^ECONNRESET$/,
		'The server closed the connection before TLS stood. LDAPS usually is on port 636, and needs a certificate at the server: Active Directory has none until one is installed. For port 389 choose STARTTLS.',
	],
	[
		/^CONNECTION_CLOSED$/,
		'The server closed the connection when it was asked for TLS. STARTTLS usually is on port 389; for port 636 choose LDAPS.',
	],
	[
		/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE/,
		'The server does not have a TLS version as new as "Minimum TLS Version".',
	],
	[
		/ALERT_(BAD_|UNKNOWN_CA|UNSUPPORTED_CERT|REVOKED|CERT|EXPIRED|HANDSHAKE_FAILURE)|_ALERT_\w*CERTIFICATE/,
		'The server does not accept the client certificate in the credential, or wants one.',
	],
];

/** The failure of a connection, with what to do about it where TLS was the reason. */
export function explainTls(failure: Failure): Failure {
	const [, hint] = HINTS.find(([codes]) => codes.test(failure.code)) ?? [];
	return hint ? failure.withHint(hint) : failure;
}
