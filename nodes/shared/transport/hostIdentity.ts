import { Failure } from '../resilience/failure';

/** What the process was started with: tests hand in their own. */
export type Environment = Readonly<Record<string, string | undefined>>;

const ALLOWED = 'N8N_RESILIENT_ALLOW_HOST_IDENTITY';

export const isHostIdentityAllowed = (environment: Environment): boolean =>
	environment[ALLOWED] === 'true';

/**
 * Whoever may make a credential could otherwise act as the server that n8n runs on, with all that
 * its role or its system user may do. So the administrator decides.
 * @throws Failure where nothing was decided
 */
export function checkHostIdentity(environment: Environment): void {
	if (isHostIdentityAllowed(environment)) return;
	throw new Failure({
		kind: 'auth',
		phase: 'notSent',
		scope: 'credential',
		code: 'HOST_IDENTITY_NOT_ALLOWED',
		message:
			'The credential asks for the identity of the server that n8n runs on, which is not allowed',
		hint: `The administrator of n8n can allow it with ${ALLOWED}=true; then everybody who can make a credential can use that identity.`,
	});
}
