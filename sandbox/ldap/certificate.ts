import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { boolean, integer, octets, sequence, set, tlv } from './ber.ts';

/** A certificate authority of its own and a server certificate from it, as PEM. */
export interface Certificates {
	ca: string;
	cert: string;
	key: string;
}

const DAY_MS = 86_400_000;
/** ecdsa-with-SHA256 (RFC 5758) */
const algorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/**
 * Made with nothing but Node (RFC 5280), so that the sandbox needs no openssl.
 *
 * @param names what clients may call the server: "DNS:localhost", "IP:127.0.0.1"
 */
export function makeCertificates(names: readonly string[]): Certificates {
	const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const ca = certificate('Sandbox CA', 'Sandbox CA', authority.publicKey, authority.privateKey, [
		extension('2.5.29.19', true, sequence(boolean(true))),
		// keyCertSign and cRLSign
		extension('2.5.29.15', true, tlv(0x03, Buffer.from([1, 0x06]))),
		extension('2.5.29.14', false, octets(keyId(authority.publicKey))),
	]);
	const cert = certificate('Sandbox CA', 'Sandbox', server.publicKey, authority.privateKey, [
		extension('2.5.29.19', true, sequence()),
		// digitalSignature, serverAuth
		extension('2.5.29.15', true, tlv(0x03, Buffer.from([7, 0x80]))),
		extension('2.5.29.37', false, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))),
		extension('2.5.29.17', false, sequence(...names.map(generalName))),
		extension('2.5.29.35', false, sequence(octets(keyId(authority.publicKey), 0x80))),
	]);
	const key = server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
	return { ca, cert, key };
}

function certificate(
	issuer: string,
	subject: string,
	publicKey: KeyObject,
	signer: KeyObject,
	extensions: Buffer[],
): string {
	const content = sequence(
		tlv(0xa0, integer(2)),
		tlv(0x02, Buffer.concat([Buffer.from([0x4b]), randomBytes(8)])),
		algorithm,
		commonName(issuer),
		sequence(time(Date.now() - DAY_MS), time(Date.now() + 30 * DAY_MS)),
		commonName(subject),
		publicKey.export({ type: 'spki', format: 'der' }),
		tlv(0xa3, sequence(...extensions)),
	);
	const signature = sign('sha256', content, signer);
	const der = sequence(content, algorithm, tlv(0x03, Buffer.from([0]), signature));
	const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
	return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const commonName = (name: string) =>
	sequence(set(sequence(objectIdentifier('2.5.4.3'), octets(name, 0x0c))));

const time = (at: number) =>
	octets(`${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`, 0x17);

const extension = (oid: string, critical: boolean, value: Buffer) =>
	sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octets(value));

const keyId = (key: KeyObject) =>
	createHash('sha1')
		.update(key.export({ type: 'spki', format: 'der' }))
		.digest();

function generalName(name: string): Buffer {
	const [kind, value = ''] = name.split(':', 2);
	return kind === 'IP' ? tlv(0x87, Buffer.from(value.split('.').map(Number))) : octets(value, 0x82);
}

function objectIdentifier(oid: string): Buffer {
	const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
	const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
		const digits = [arc & 0x7f];
		for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
		return digits;
	});
	return tlv(0x06, Buffer.from(arcs));
}
