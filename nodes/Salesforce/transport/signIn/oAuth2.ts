import { Failure } from '../../../shared/resilience/failure';
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
	const errors = withCauses(thrown);
	for (const { body, code, status, message } of errors) {
		if (body?.error) return signInRefused(body.error, body.error_description ?? '');
		if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return networkFailure(thrown, false);
		if (status !== undefined && status >= 500) return unavailable(status, message);
	}
	return notRenewed(errors[0]?.message ?? String(thrown), thrown);
}

interface ThrownError extends Error {
	body?: { error?: string; error_description?: string };
	status?: number;
	code?: unknown;
}

/** n8n puts errors of its own around those that say what happened. */
function withCauses(thrown: unknown): ThrownError[] {
	const errors: ThrownError[] = [];
	for (let error = thrown; error instanceof Error && errors.length < DEEPEST; error = error.cause)
		errors.push(error);
	return errors;
}

const DEEPEST = 5;

const unavailable = (status: number, message: string) =>
	new Failure({
		kind: 'unavailable',
		phase: 'notSent',
		code: `HTTP ${status}`,
		message: `The access token cannot be renewed now: ${message}`,
		status,
	});

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
