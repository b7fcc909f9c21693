import { fingerprint } from '../../shared/ground/fingerprint';
import { egressFilterOf } from '../../shared/node/compat';
import type { Connected, Run } from '../../shared/node/runOperations';
import type { S3Client } from '../transport/client';
import type { S3Credential } from '../transport/connect';
import { connect, secretsOf } from '../transport/connect';

/** The client of one run of the node, from the credential of the node. */
export async function openClient(run: Run): Promise<Connected<S3Client>> {
	const { context } = run;
	const credential = await context.getCredentials<S3Credential & object>('resilientS3Api');
	const { id } = context.getNode().credentials?.resilientS3Api ?? {};
	const client = connect(credential, {
		...run,
		owner: id ?? fingerprint(credential),
		egress: egressFilterOf(context),
	});
	return { client, secrets: secretsOf(credential) };
}
