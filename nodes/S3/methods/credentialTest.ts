import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { testConnection, testFailed } from '../../shared/node/credentialTests';
import { hostHttp } from '../../shared/node/hostHttp';
import { Failure, toFailure } from '../../shared/resilience/failure';
import { listBuckets } from '../transport/buckets';
import type { S3Credential } from '../transport/connect';
import { connect, secretsOf } from '../transport/connect';
import type { S3Client } from '../transport/client';
import { serverOf } from '../transport/providers';
import type { Credentials } from '../transport/sign';

const SHOWN_BUCKETS = 5;
/** Nobody waits longer for a name. */
const ARN_MS = 3_000;

// Where the usual advice is not for somebody who fills in a credential.
const HINTS: Record<string, string> = {
	AccessDenied: 'If the key may not list all buckets, fill in "Bucket to Test With".',
};

/** The editor's "Test" button: says which server and account answer, and which buckets there are. */
export async function s3CredentialTest(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const credential = (data ?? {}) as S3Credential;
	const secrets = secretsOf(credential);
	try {
		const s3 = connect(credential, {
			...testConnection(),
			http: (tls) => hostHttp(this, tls),
			learn: (found) => secrets.push(...found),
		});
		const keys = await s3.identity();
		const { name } = serverOf(credential);
		const said = await greeting(s3, keys, credential.testBucket?.trim());
		return { status: 'OK', message: [name && `${name}:`, said].filter(Boolean).join(' ') };
	} catch (error) {
		// What refuses to issue the keys of a role has hints of its own.
		return testFailed(error, secrets, toFailure(error).phase === 'notSent' ? {} : HINTS);
	}
}

async function greeting(
	s3: S3Client,
	keys: Credentials | undefined,
	testBucket: string | undefined,
): Promise<string> {
	if (testBucket) return await bucketAnswers(s3, keys, testBucket);
	if (!keys) throw incomplete('Without keys there is no list of buckets');
	const [{ owner, buckets }, arn] = await Promise.all([listBuckets(s3), arnOf(s3)]);
	const names = buckets.slice(0, SHOWN_BUCKETS).map(({ name }) => name);
	const more = buckets.length > names.length ? ' …' : '';
	const list = names.length > 0 ? `: ${names.join(', ')}${more}` : '';
	const name = owner ? `Account "${owner}"` : 'The account';
	const account = arn ? `${name} (${arn})` : name;
	const who = keys.expiresAt === undefined ? account : `The ${roleOf(keys)}`;
	return `${who} has ${buckets.length} ${buckets.length === 1 ? 'bucket' : 'buckets'}${list}`;
}

/** Where the STS cannot be reached, the test is about the storage all the same. */
async function arnOf(s3: S3Client): Promise<string | undefined> {
	return await s3.arn(AbortSignal.timeout(ARN_MS)).catch(() => undefined);
}

async function bucketAnswers(s3: S3Client, keys: Credentials | undefined, bucket: string) {
	// To strangers a bucket may answer so, and still let them read its objects.
	const accept = keys ? [404] : [403, 404];
	const status = await s3.call(
		{ operation: 'HeadBucket', method: 'HEAD', bucket, accept },
		(answer) => answer.status,
	);
	if (status === 404) throw incomplete(`The server answered, but has no bucket "${bucket}"`);
	if (status === 403)
		return `Bucket "${bucket}" is there, but its objects may not be listed without keys. Whether they may be read, only reading one shows.`;
	const to = keys?.expiresAt === undefined ? '' : ` to the ${roleOf(keys)}`;
	return `Bucket "${bucket}" answers${to}`;
}

const incomplete = (message: string) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOT_TESTED',
		message,
		hint: 'Fill in "Bucket to Test With", or correct it.',
	});

/** The role, and how long its keys are good. */
function roleOf({ role, expiresAt = 0 }: Credentials): string {
	const until = new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ');
	return `role${role ? ` ${role}` : ''} (keys until ${until} UTC)`;
}
