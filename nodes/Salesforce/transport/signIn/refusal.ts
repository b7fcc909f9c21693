import { Failure } from '../../../shared/resilience/failure';

const APP = 'the connected app or external client app';

// By what the description contains: the code is nearly always "invalid_grant".
// https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flow_errors.htm
const HINTS: Array<[RegExp, string]> = [
	[
		/hasn.t approved this consumer|not admin approved/i,
		`Let administrators pre-authorize users in the policies of ${APP}, and add a permission set or profile of this user.`,
	],
	[
		/audience is invalid/i,
		'Choose the right environment (production or sandbox), or fill in "My Domain" or, where the org wants another one, "Audience".',
	],
	[
		/invalid assertion|signature|invalid_assertion/i,
		`The private key does not belong to the certificate of ${APP}, or the clock of this machine is wrong.`,
	],
	[
		/no client credentials user/i,
		`Choose a user under "Run As" in the client credentials policy of ${APP}.`,
	],
	[
		/not supported on this domain/i,
		'Client credentials need the address of the org: fill in "My Domain".',
	],
	[
		/client identifier|invalid.client|consumer key|app_not_found|not installed|app.not.found/i,
		`Check client ID and secret, and that ${APP} is there in this org; a new one takes some minutes to work.`,
	],
	[
		/inactive|locked|password/i,
		'Look at this user in the org: it may be inactive, frozen or locked.',
	],
	[/ip restricted|ip range/i, 'The org does not let this machine in: check its IP ranges.'],
	[/expired|revoked|token/i, 'Connect the credential again.'],
];

// "unknown_error", "retry your request"
const PASSING = /retry your request|temporarily_unavailable|server_error/i;

/**
 * The token endpoint said no.
 * @param error "invalid_grant" ...
 * @param description what Salesforce says beside
 */
export function signInRefused(error: string, description: string, status?: number): Failure {
	const said = `${error} ${description}`;
	if (PASSING.test(said))
		return new Failure({
			kind: 'unavailable',
			phase: 'notSent',
			// The org itself is up.
			scope: 'item',
			code: error,
			message: `Salesforce does not sign this credential in now: ${description || error}`,
			hint: 'If this lasts, look at the login history of the user, and at the login flows and IP ranges of the org.',
			status,
		});
	const rate = /rate exceeded|rate.limit|logins exceeded/i.test(said);
	const [, hint] = HINTS.find(([words]) => words.test(said)) ?? [];
	return new Failure({
		kind: rate ? 'quota' : 'auth',
		phase: 'notSent',
		scope: 'credential',
		code: error,
		message: `Salesforce does not sign this credential in: ${description || error}`,
		hint: rate
			? 'Salesforce signs a user in at most 3,600 times an hour. Something else signs in with the same user: look at its login history.'
			: (hint ?? 'Check the credential.'),
		status,
	});
}
