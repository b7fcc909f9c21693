import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { redactor } from '../../shared/ground/redact';
import { fingerprint } from '../../shared/ground/fingerprint';
import { hostHttp } from '../../shared/node/hostHttp';
import { headline } from '../../shared/node/nodeError';
import { Registry } from '../../shared/resilience/registry';
import { toFailure } from '../../shared/resilience/failure';
import { headBucket, listBuckets } from '../transport/buckets';
import type { S3Credential } from '../transport/connect';
import { connect, secretsOf } from '../transport/connect';
import type { S3Client } from '../transport/client';

const DEADLINE_MS = 15_000;
const SHOWN_BUCKETS = 5;

// Where the usual advice is not for somebody who fills in a credential.
const HINTS: Record<string, string> = {
	AccessDenied: 'If the key may not list all buckets, fill in "Bucket to Test With".',
	DEADLINE: 'Check host and port in the credential, and that the server runs.',
};

/** The editor's "Test" button: says which account answers and which buckets it has. */
export async function s3CredentialTest(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const credential = (data ?? {}) as S3Credential;
	const redact = redactor(secretsOf(credential));
	try {
		const s3 = connect(credential, {
			owner: `test ${fingerprint(credential)}`,
			http: (tls) => hostHttp(this, tls),
			signal: new AbortController().signal,
			deadlineMs: DEADLINE_MS,
			maxAttempts: 2,
			onOutage: 'failFast',
			// A wrong endpoint that somebody is typing must not close the gate for running workflows.
			registry: new Registry(),
		});
		return { status: 'OK', message: await greeting(s3, credential.testBucket?.trim()) };
	} catch (error) {
		// Nothing was to be done, so nothing can have been done in spite of the failure.
		const failure = toFailure(error).inPhase('rejected');
		const hint = HINTS[failure.code] ?? failure.hint;
		return {
			status: 'Error',
			message: redact.text([headline(failure), hint].filter(Boolean).join(' — ')),
		};
	}
}

async function greeting(s3: S3Client, testBucket: string | undefined): Promise<string> {
	if (testBucket) {
		const { exists } = await headBucket(s3, testBucket);
		if (!exists) throw new Error(`The server answered, but has no bucket "${testBucket}"`);
		return `Bucket "${testBucket}" answers`;
	}
	const { owner, buckets } = await listBuckets(s3);
	const names = buckets.slice(0, SHOWN_BUCKETS).map(({ name }) => name);
	const more = buckets.length > names.length ? ' …' : '';
	const account = owner ? `Account "${owner}"` : 'The account';
	return `${account} has ${buckets.length} ${buckets.length === 1 ? 'bucket' : 'buckets'}${names.length > 0 ? `: ${names.join(', ')}${more}` : ''}`;
}
