import { fingerprint } from '../../../shared/ground/fingerprint';
import { toFailure } from '../../../shared/resilience/failure';
import { checkHostIdentity } from '../../../shared/transport/hostIdentity';
import type { Server } from '../providers';
import type { SignIn, SignInFields, Surroundings } from './fields';
import { missing, wrong } from './fields';
import { hostKeys, hostToken } from './hostRole';
import type { RoleRequest, Sts } from './sts';
import { assumeRole, assumeRoleWithWebIdentity } from './sts';
import type { StsPlace } from './stsPlace';
import { hostStsPlace, stsPlace } from './stsPlace';
import type { IssuedKeys } from './temporaryKeys';
import { sharedKeys } from './temporaryKeys';

/** A role that is assumed with the keys of another identity. */
export function assumedRole(fields: SignInFields, around: Surroundings, base: SignIn): SignIn {
	const role = roleOf(fields, around.server);
	const sts = stsAt(stsPlace(fields, around.server), around);
	const identity = [
		'assumed',
		role,
		sts.address,
		fields.accessKeyId,
		fields.secretAccessKey,
		fields.sessionToken,
	];
	return issued(identity, around, async (signal) => {
		const keys = await base.keys(signal);
		if (!keys) throw missing('Access Key ID', 'A role is assumed with the keys of a user.');
		return await assumeRole(sts, keys, role, signal);
	});
}

/** A role that is taken on with the token of an identity provider (OpenID Connect). */
export function webIdentity(fields: SignInFields, around: Surroundings): SignIn {
	if (fields.tokenSource === 'host') return hostWebIdentity(fields, around);
	const token = fields.webIdentityToken?.trim();
	if (!token)
		throw missing('Web Identity Token', 'It is a JSON Web Token of the identity provider.');
	const role = roleOf(fields, around.server);
	const sts = stsAt(stsPlace(fields, around.server), around);
	const fetch = async (signal: AbortSignal) =>
		await assumeRoleWithWebIdentity(sts, token, role, signal);
	return issued(['token', role, sts.address, token], around, fetch);
}

/** The role of the pod, task or machine that n8n runs on. */
export function hostRole(fields: SignInFields, around: Surroundings): SignIn {
	const { environment, directHttp } = around;
	checkHostIdentity(environment);
	const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: roleArn } = environment;
	if (file && roleArn)
		return hostWebIdentity({ provider: fields.provider, region: fields.region }, around);
	return issued(
		['host'],
		around,
		async (signal) => await hostKeys(directHttp, environment, signal),
	);
}

function hostWebIdentity(fields: SignInFields, around: Surroundings): SignIn {
	const { environment, server } = around;
	checkHostIdentity(environment);
	const roleArn = fields.roleArn?.trim() || environment.AWS_ROLE_ARN;
	const role = roleOf({ ...fields, roleArn }, server);
	const sts = stsAt(hostStsPlace(server, environment), around);
	// The platform renews the file, so it is read each time.
	const fetch = async (signal: AbortSignal) => {
		const token = await hostToken(environment);
		around.learn([token]);
		return await assumeRoleWithWebIdentity(sts, token, role, signal);
	};
	return issued(['host token', role, sts.address], around, fetch);
}

/** @param identity all that decides on which keys are issued */
function issued(
	identity: unknown[],
	{ owner, clock, learn }: Surroundings,
	fetch: (signal: AbortSignal) => Promise<IssuedKeys>,
): SignIn {
	const kept = sharedKeys(fingerprint([owner, ...identity]), clock);
	let known: IssuedKeys | undefined;
	return {
		renew: (used) => kept.renew(used),
		keys: async (signal) => {
			try {
				const keys = await kept.current(fetch, signal);
				if (keys !== known) learn([keys.secretAccessKey, keys.sessionToken ?? '']);
				known = keys;
				return keys;
			} catch (error) {
				// Whatever became of the call for keys, the request that needs them was not sent.
				throw toFailure(error).inPhase('notSent');
			}
		},
	};
}

export const stsAt = (
	place: StsPlace,
	{ owner, http, send, redact, clock }: Surroundings,
): Sts => ({
	...place,
	http,
	send,
	scope: `sts ${owner} ${place.address.host}`,
	redact,
	clock,
});

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const [SHORTEST, LONGEST] = [900, 43_200];

function roleOf(fields: SignInFields, { aws }: Server): RoleRequest {
	const roleArn = fields.roleArn?.trim() || undefined;
	// MinIO finds the role by the keys or by the token.
	if (!roleArn && aws)
		throw missing('Role ARN', 'It looks like arn:aws:iam::123456789012:role/storage.');
	const roleSessionName = fields.roleSessionName?.trim() || 'n8n';
	if (!SESSION_NAME.test(roleSessionName))
		throw wrong(
			`"Role Session Name" is "${roleSessionName}"`,
			'It has 2 to 64 letters, digits and signs out of _ + = , . @ -',
		);
	const duration = fields.roleDuration ?? 3_600;
	if (!(Number.isInteger(duration) && duration >= SHORTEST && duration <= LONGEST))
		throw wrong(
			`"Session Duration (Seconds)" is ${duration}`,
			`It is a whole number of seconds from ${SHORTEST} to ${LONGEST}.`,
		);
	const externalId = fields.externalId?.trim() || undefined;
	return { roleArn, roleSessionName, duration, externalId, policy: policyOf(fields) };
}

function policyOf({ sessionPolicy }: SignInFields): string | undefined {
	if (!sessionPolicy?.trim()) return undefined;
	try {
		// Without white space, because its length is limited.
		return JSON.stringify(JSON.parse(sessionPolicy));
	} catch (error) {
		throw wrong(`"Session Policy" is not JSON (${(error as Error).message})`, 'Correct it.');
	}
}
