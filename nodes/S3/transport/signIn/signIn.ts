import { isHostIdentityAllowed } from '../../../shared/transport/hostIdentity';
import type { Credentials } from '../sign';
import type { Identity, SignIn, SignInFields, Surroundings } from './fields';
import { missing, wrong } from './fields';
import { assumedRole, hostRole, stsAt, webIdentity } from './roles';
import { getCallerIdentity } from './sts';
import { stsPlace } from './stsPlace';

type Way = (fields: SignInFields, around: Surroundings) => SignIn;

const fixed = (keys: Credentials | undefined): SignIn => ({ keys: () => keys, renew: () => false });

const WAYS: Record<string, Way> = {
	accessKeys: (fields) => {
		const keys = keysOf(fields);
		if (keys) return fixed(keys);
		throw missing('Access Key ID', 'For public buckets choose the authentication "Anonymous".');
	},
	anonymous: () => fixed(undefined),
	assumeRole: (fields, around) => {
		const keys = keysOf(fields);
		if (!keys && !isHostIdentityAllowed(around.environment))
			throw missing('Access Key ID', 'A role is assumed with the keys of a user.');
		return assumedRole(fields, around, keys ? fixed(keys) : hostRole(fields, around));
	},
	hostRole,
	webIdentity,
};

/**
 * The identity of a credential: its own keys, none, or those of a role, which are fetched when they
 * are needed and kept for all runs of this process.
 * @throws Failure that names the field in which something is missing
 */
export function signIn(fields: SignInFields, around: Surroundings): Identity {
	const { authentication = 'accessKeys' } = fields;
	const way = WAYS[authentication];
	if (!way) throw wrong(`"Authentication" is "${authentication}"`, 'Choose one of the list.');
	const { keys, renew } = way(fields, around);
	return {
		keys,
		renew,
		arn: async (signal) => {
			const owned = await keys(signal);
			// Other servers may take the question for one about objects.
			const known = around.server.aws !== undefined || !!fields.stsEndpoint?.trim();
			if (!owned || owned.role || !known) return owned?.role;
			const sts = stsAt(stsPlace(fields, around.server), around);
			return await getCallerIdentity(sts, owned, signal);
		},
	};
}

function keysOf(fields: SignInFields): Credentials | undefined {
	const accessKeyId = fields.accessKeyId?.trim() ?? '';
	const secretAccessKey = fields.secretAccessKey?.trim() ?? '';
	if (accessKeyId === '' && secretAccessKey === '') return undefined;
	const both = 'Fill in both halves of the access key.';
	if (accessKeyId === '') throw missing('Access Key ID', both);
	if (secretAccessKey === '') throw missing('Secret Access Key', both);
	return { accessKeyId, secretAccessKey, sessionToken: fields.sessionToken?.trim() || undefined };
}
