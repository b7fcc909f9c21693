import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

const SHORTEST_SECRET = 16;

/** Nobody can be asked about a shared secret, but a short one can be guessed. */
export async function s3EventsCredentialTest(
	this: ICredentialTestFunctions,
	{ data }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const secret = String(data?.secret ?? '');
	return secret.length >= SHORTEST_SECRET
		? { status: 'OK', message: 'Give the same secret to the sender of the events' }
		: { status: 'Error', message: `The secret is shorter than ${SHORTEST_SECRET} characters` };
}
