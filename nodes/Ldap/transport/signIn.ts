import { Failure, invalidInput, toFailure } from '../../shared/resilience/failure';
import type { Session, SignIn } from './session';
import { resultFailure } from './failure';
import { saslBind, simpleBind } from './requests';
import type { ScramAccount, ScramHash } from './scram';
import { Scram } from './scram';
import { isLocal } from './servers';

export type SignInWith =
	'simple' | 'anonymous' | 'external' | 'plain' | 'scram-sha-1' | 'scram-sha-256' | 'scram-sha-512';

/** What a credential says about who signs in. */
export interface SignInFields {
	signInWith?: SignInWith;
	/** DN, or what else the server takes for a name */
	bindDn?: string;
	password?: string;
	allowUnencryptedPasswords?: boolean;
	authorizationId?: string;
}

const SCRAM_HASHES: Partial<Record<SignInWith, ScramHash>> = {
	'scram-sha-1': 'sha1',
	'scram-sha-256': 'sha256',
	'scram-sha-512': 'sha512',
};

/**
 * How a credential signs in.
 * @throws Failure invalid, that names the field which is missing or wrong
 */
export function signInOf(fields: SignInFields): SignIn {
	const { signInWith = 'simple', password = '' } = fields;
	const authorizationId = fields.authorizationId?.trim();
	if (signInWith === 'anonymous') return once(undefined, simpleBind('', ''));
	if (signInWith === 'external')
		return once('SASL EXTERNAL', saslBind('EXTERNAL', Buffer.from(authorizationId ?? '')));
	const user = trimmed(fields.bindDn ?? '');
	checkAccount(user, password);
	const hash = SCRAM_HASHES[signInWith];
	if (hash) return scram(signInWith.toUpperCase(), hash, { user, password, authorizationId });
	const send =
		signInWith === 'plain'
			? once('SASL PLAIN', saslBind('PLAIN', plain(user, password, authorizationId)))
			: once(user, simpleBind(user, password));
	return async (session, signal) => {
		const isPrivate = session.encrypted || isLocal(session.server);
		if (!isPrivate && fields.allowUnencryptedPasswords !== true) throw unencrypted();
		await send(session, signal);
	};
}

const once =
	(who: string | undefined, request: Buffer): SignIn =>
	async (session, signal) =>
		void (await bind(session, signal, who, request));

const SUCCESS = 0;
const GO_ON = 14;

async function bind(
	session: Session,
	signal: AbortSignal,
	who: string | undefined,
	request: Buffer,
) {
	const result = await session.request(request, { signal }).catch((error: unknown) => {
		throw hungUp(toFailure(error));
	});
	if (result.code !== SUCCESS && result.code !== GO_ON)
		throw explained(resultFailure(result, { doing: 'Bind', dn: who }));
	return { said: result.serverSaslCreds, more: result.code === GO_ON };
}

/** RFC 5802 section 5 in LDAP (RFC 4513 section 5.2.1.5): the server may end it with its last message. */
function scram(mechanism: string, hash: ScramHash, account: ScramAccount): SignIn {
	// What is wrong with the texts is known before anything is connected.
	const newExchange = () => new Scram(hash, account);
	newExchange();
	return async (session, signal) => {
		const exchange = newExchange();
		const say = async (message: Buffer) =>
			await bind(session, signal, `SASL ${mechanism}`, saslBind(mechanism, message));
		const first = await say(exchange.first());
		const last = await say(await exchange.answer(first.said ?? Buffer.alloc(0)));
		exchange.verify(last.said);
		if (last.more) await say(Buffer.alloc(0));
	};
}

// White space around it comes from pasting, but not behind a backslash: "cn=ends with\ ".
const trimmed = (name: string) => name.trimStart().replace(/(?<!\\)\s+$/, '');

function checkAccount(user: string, password: string): void {
	if (!user) throw invalidInput('"User" is empty', 'Fill it in, or sign in with "Anonymous".');
	// Servers take a name without a password for nobody, and say success (RFC 4513 section 5.1.2).
	if (!password)
		throw invalidInput('"Password" is empty', 'Fill it in, or sign in with "Anonymous".');
}

/** RFC 4616 section 2 */
function plain(user: string, password: string, authorizationId = ''): Buffer {
	if (`${authorizationId}${user}${password}`.includes('\0'))
		throw invalidInput('User or password has a character of the value 0', 'Paste it anew.');
	return Buffer.from(`${authorizationId}\0${user}\0${password}`);
}

// Some servers say of a mechanism that they do not know only that it does not work.
const explained = (failure: Failure): Failure =>
	failure.hint
		? failure
		: failure.withHint(
				'The server may not know this way of signing in: choose another one under "Sign In With" in the credential.',
			);

// In TLS 1.3 a server looks at the client certificate after the client has finished.
const hungUp = (failure: Failure): Failure =>
	failure.code === 'CONNECTION_CLOSED'
		? failure.withHint(
				'It did so while signing in: it may want a client certificate that it knows, or another encryption.',
			)
		: failure;

const unencrypted = () =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		scope: 'credential',
		code: 'UNENCRYPTED_PASSWORD',
		message: 'The password is not sent: everybody on the way to the server could read it',
		hint: 'Choose LDAPS or STARTTLS under "Encryption" in the credential, or allow passwords without encryption there.',
	});
