import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Failure } from '../../shared/resilience/failure';
import { saslPrep } from './saslPrep';

export type ScramHash = 'sha1' | 'sha256' | 'sha512';

export interface ScramAccount {
	user: string;
	password: string;
	/** to act as somebody else: "dn:..." or "u:..." (RFC 4513 section 5.2.1.8) */
	authorizationId?: string;
}

// With fewer, whoever has overheard a sign-in can try passwords too fast (RFC 7677 section 4).
const FEWEST_ITERATIONS = 4_096;
// A server could make this machine calculate for hours.
const MOST_ITERATIONS = 1_000_000;

const derive = promisify(pbkdf2);

/**
 * One sign-in by SCRAM (RFC 5802, RFC 7677), without channel binding: the password is not sent, and
 * the server proves that it knows it. The three messages go to and fro in this order.
 */
export class Scram {
	private readonly header: string;
	private readonly firstBare: string;
	private readonly password: string;
	private signature?: Buffer;

	/** @param nonce printable ASCII without a comma; tests hand in that of an RFC */
	constructor(
		private readonly hash: ScramHash,
		{ user, password, authorizationId }: ScramAccount,
		private readonly nonce = randomBytes(24).toString('base64'),
	) {
		this.header = `n,${authorizationId ? `a=${escaped(saslPrep(authorizationId, 'Authorization ID'))}` : ''},`;
		this.firstBare = `n=${escaped(saslPrep(user, 'User'))},r=${nonce}`;
		this.password = saslPrep(password, 'Password');
	}

	/** client-first-message */
	first(): Buffer {
		return Buffer.from(this.header + this.firstBare);
	}

	/**
	 * client-final-message, for the server-first-message.
	 * @throws Failure where the server does not keep to the rules
	 */
	async answer(serverFirst: Buffer): Promise<Buffer> {
		const text = serverFirst.toString('utf8');
		const { nonce, salt, iterations } = this.parse(text);
		const size = createHash(this.hash).digest().length;
		const salted = await derive(this.password, salt, iterations, size, this.hash);
		const clientKey = this.hmac(salted, 'Client Key');
		const storedKey = createHash(this.hash).update(clientKey).digest();
		const withoutProof = `c=${Buffer.from(this.header).toString('base64')},r=${nonce}`;
		const authMessage = `${this.firstBare},${text},${withoutProof}`;
		const mask = this.hmac(storedKey, authMessage);
		const proof = clientKey.map((byte, at) => byte ^ (mask[at] ?? 0));
		this.signature = this.hmac(this.hmac(salted, 'Server Key'), authMessage);
		return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
	}

	/**
	 * Checks the server-final-message.
	 * @throws Failure where the server did not prove that it knows the password
	 */
	verify(serverFinal: Buffer | undefined): void {
		const [, name, value = ''] = /^([ve])=([^,]*)/.exec(serverFinal?.toString('utf8') ?? '') ?? [];
		if (name === 'e')
			throw new Failure({
				kind: 'auth',
				phase: 'rejected',
				scope: 'credential',
				code: 'SCRAM',
				message: `The server refuses to sign in: ${value}`,
				hint: 'Check user and password in the credential.',
			});
		const claimed = Buffer.from(name === 'v' ? value : '', 'base64');
		if (claimed.length === this.signature?.length && timingSafeEqual(claimed, this.signature))
			return;
		throw new Failure({
			kind: 'auth',
			phase: 'rejected',
			scope: 'host',
			code: 'SERVER_NOT_PROVEN',
			message: 'The server did not prove that it knows the password',
			hint: 'Another server may be answering in its place. Check the address and the encryption in the credential.',
		});
	}

	// "r=<our nonce and its own>,s=<salt>,i=<iterations>"; "m=" would be an extension that must be understood.
	private parse(text: string): { nonce: string; salt: Buffer; iterations: number } {
		const [, nonce = '', base64 = '', count] =
			/^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/=]+),i=([1-9]\d{0,9})(?:,|$)/.exec(text) ?? [];
		if (!count) throw broken('The first answer of the server is not one of SCRAM');
		if (!nonce.startsWith(this.nonce) || nonce.length === this.nonce.length)
			throw broken('The server answers to another sign-in than this one');
		const iterations = Number(count);
		if (iterations < FEWEST_ITERATIONS || iterations > MOST_ITERATIONS)
			throw broken(
				`The server asks for ${iterations} iterations; ${FEWEST_ITERATIONS} to ${MOST_ITERATIONS} are accepted`,
			);
		return { nonce, salt: Buffer.from(base64, 'base64'), iterations };
	}

	private hmac(key: Buffer, text: string): Buffer {
		return createHmac(this.hash, key).update(text).digest();
	}
}

const escaped = (name: string) => name.replaceAll('=', '=3D').replaceAll(',', '=2C');

const broken = (message: string) =>
	new Failure({
		kind: 'auth',
		phase: 'rejected',
		scope: 'host',
		code: 'SCRAM_PROTOCOL',
		message,
		hint: 'Sign in another way, or with another SCRAM mechanism.',
	});
