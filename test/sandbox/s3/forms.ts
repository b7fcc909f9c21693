import type { S3Sandbox } from '../../../sandbox/s3/server.ts';
import { sign, signingKey } from '../../../sandbox/s3/sigv4.ts';
import { keysOf } from './sdk.ts';

/** The fields of a form whose policy is signed; the conditions about the signature are added. */
export function signedFields(sandbox: S3Sandbox, policy: unknown): Record<string, string> {
	const { accessKeyId, secretAccessKey } = keysOf(sandbox);
	const timestamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
	const scope = { date: timestamp.slice(0, 8), region: sandbox.region, service: 's3' };
	const fields: Record<string, string> = {
		'x-amz-algorithm': 'AWS4-HMAC-SHA256',
		'x-amz-credential': `${accessKeyId}/${scope.date}/${scope.region}/s3/aws4_request`,
		'x-amz-date': timestamp,
	};
	const document =
		typeof policy === 'object' && policy !== null && 'conditions' in policy
			? {
					...policy,
					conditions: [
						...(policy.conditions as unknown[]),
						...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
					],
				}
			: policy;
	const encoded = Buffer.from(
		typeof document === 'string' ? document : JSON.stringify(document),
	).toString('base64');
	return {
		...fields,
		policy: encoded,
		'x-amz-signature': sign(signingKey(secretAccessKey, scope), encoded),
	};
}

/** Sends a form as a browser does; the file stands last. */
export async function postForm(
	sandbox: S3Sandbox,
	bucket: string,
	fields: Record<string, string>,
	file = 'the file',
	fileName = 'näme.txt',
): Promise<{ status: number; text: string; headers: Headers }> {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.append(name, value);
	form.append('file', new Blob([file]), fileName);
	const answer = await fetch(`${sandbox.endpoint}/${bucket}`, {
		method: 'POST',
		body: form,
		redirect: 'manual',
	});
	return { status: answer.status, text: await answer.text(), headers: answer.headers };
}
