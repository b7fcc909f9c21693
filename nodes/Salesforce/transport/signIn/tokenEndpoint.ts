import type { Clock } from '../../../shared/ground/clock';
import type { Redact } from '../../../shared/ground/redact';
import type { Send } from '../../../shared/resilience';
import { Failure } from '../../../shared/resilience/failure';
import type { HttpClient } from '../../../shared/transport/http';
import { errorsIn, jsonIn, plainWords } from '../errorAnswer';
import { salesforceFailure } from '../failure';
import { meaningOfStatus } from '../meanings';
import { signInRefused } from './refusal';
import type { Token } from './token';
import { tokenIn } from './token';

/** Where and how to ask for a token. */
export interface TokenEndpoint {
	/** scheme and host */
	login: string;
	http: HttpClient;
	send: Send;
	/** who shares circuit breaker and budget */
	scope: string;
	redact: Redact;
	clock: Clock;
}

const TIMEOUT_MS = 20_000;
const WRONG_CLOCK_MS = 60_000;

/**
 * Asks for a token.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_endpoints.htm
 * @param form made anew for each attempt, since what is signed is good for minutes only
 */
export async function askForToken(
	{ login, http, send, scope, redact, clock }: TokenEndpoint,
	form: (nowMs: number) => Record<string, string>,
	headers: Record<string, string> = {},
): Promise<Token> {
	const about = {
		system: 'salesforce',
		operation: 'Sign in',
		scope,
		repeatable: true,
		attemptTimeoutMs: TIMEOUT_MS,
	};
	return await send(about, async (signal) => {
		const ask = async (nowMs: number) =>
			await http.buffer({
				method: 'POST',
				origin: login,
				path: '/services/oauth2/token',
				headers: {
					'content-type': 'application/x-www-form-urlencoded',
					accept: 'application/json',
					...headers,
				},
				body: new URLSearchParams(form(nowMs)).toString(),
				signal,
			});
		const first = await ask(clock.now());
		const theirs = timeElsewhere(first, clock.now());
		const { status, headers: answered, body } = theirs === undefined ? first : await ask(theirs);
		const answer = jsonIn(body);
		const token = status === 200 ? tokenIn(answer, login) : undefined;
		if (token) return token;
		const said = redact.text(body.toString());
		const [error] = errorsIn(jsonIn(Buffer.from(said)));
		if (!error) throw unexpected(status, said);
		throw Array.isArray(answer)
			? salesforceFailure(status, answered, said, clock.now())
			: signInRefused(error.code, error.message, status);
	});
}

/** What time it is there, where a refusal may be due to our clock: what is signed is good for minutes. */
function timeElsewhere(
	{ status, headers }: { status: number; headers: Record<string, string> },
	nowMs: number,
): number | undefined {
	const theirs = Date.parse(headers.date ?? '');
	return status >= 400 && Math.abs(theirs - nowMs) > WRONG_CLOCK_MS ? theirs : undefined;
}

const unexpected = (status: number, said: string) =>
	new Failure({
		...(status === 200 ? { kind: 'unavailable' } : meaningOfStatus(status)),
		phase: 'rejected',
		code: `HTTP ${status}`,
		message: `Signing in was answered with ${status}, not in the words of Salesforce: ${plainWords(said)}`,
		hint: 'Is "My Domain" really the address of the org?',
		status,
	});
