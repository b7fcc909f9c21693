import { Failure, toFailure } from '../../../shared/resilience/failure';
import type { RenewToken } from '../../../shared/transport/connection';
import { networkFailure } from '../../../shared/transport/networkFailure';
import { signInRefused } from './refusal';
import type { Token } from './token';
import { tokenIn } from './token';
import type { SignIn } from './tokens';

// Costs next to nothing, and an expired token is answered with 401.
const HARMLESS = '/services/data/v60.0/';

/**
 * Tokens that n8n fetches and keeps.
 * @param home where the org signs in
 */
export const fromHost =
	(renewToken: RenewToken, home: string) =>
	async (refused?: Token): Promise<Token> => {
		const harmless = (refused?.instanceUrl ?? home) + HARMLESS;
		const answer = await renewToken(refused?.accessToken, harmless).catch((error: unknown) => {
			throw renewalFailure(error);
		});
		const token = tokenIn(answer, refused?.instanceUrl ?? home);
		if (token) return token;
		throw notRenewed('The credential has no access token');
	};

/** A token that cannot be renewed here: in the test of a credential. */
export const fixed = (token: Token | undefined): SignIn => ({
	current: async () => token ?? (await Promise.reject(notRenewed('it was never connected'))),
	renew: async () => false,
});

/** n8n's errors, and those of its OAuth2 client, as failures. */
function renewalFailure(thrown: unknown): Failure {
	if (thrown instanceof Failure) return thrown;
	if (!(thrown instanceof Error)) return toFailure(thrown);
	const { body, status, code }: ThrownError = thrown;
	if (body?.error) return signInRefused(body.error, body.error_description ?? '');
	if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return networkFailure(thrown, false);
	if (status !== undefined && status >= 500)
		return new Failure({
			kind: 'unavailable',
			phase: 'notSent',
			code: `HTTP ${status}`,
			message: `The access token cannot be renewed now: ${thrown.message}`,
			status,
		});
	return notRenewed(thrown.message, thrown);
}

interface ThrownError extends Error {
	body?: { error?: string; error_description?: string };
	status?: number;
	code?: unknown;
}

const notRenewed = (why: string, cause?: unknown) =>
	new Failure({
		kind: 'auth',
		phase: 'notSent',
		scope: 'credential',
		code: 'NOT_CONNECTED',
		message: `There is no valid access token: ${why}`,
		hint: 'Connect the credential.',
		cause,
	});
