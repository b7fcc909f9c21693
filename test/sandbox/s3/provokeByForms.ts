import type { S3Sandbox } from '../../../sandbox/s3/server.ts';
import { postForm, signedFields } from './forms.ts';
import type { Provocations } from './provokeByProperties.ts';

/** Forms that a browser would not send, or that nobody has allowed. */
export function provokeByForms(sandbox: () => S3Sandbox, bucket: string): Provocations {
	const code = async (answer: Promise<{ text: string }>) => {
		const [, given = 'no error'] = /<Code>(.*)<\/Code>/.exec((await answer).text) ?? [];
		throw Object.assign(new Error(given), { name: given });
	};
	const send = (policy: unknown, change: Record<string, string> = {}) =>
		code(
			postForm(sandbox(), bucket, {
				...signedFields(sandbox(), policy),
				key: 'refused',
				...change,
			}),
		);
	const raw = (body: string) =>
		code(
			fetch(`${sandbox().endpoint}/${bucket}`, {
				method: 'POST',
				headers: { 'content-type': 'multipart/form-data; boundary=x' },
				body,
			}).then(async (answer) => ({ text: await answer.text() })),
		);
	return {
		InvalidPolicyDocument: [
			['no expiration', () => send({ conditions: [] })],
			['no conditions', () => send({ expiration: '2999-01-01T00:00:00Z' })],
			['no JSON', () => send('x')],
		],
		MalformedPOSTRequest: [
			['cut off', () => raw('--x\r\nContent-Disposition: form-data; name="key"')],
		],
		MaxPostPreDataLengthExceeded: [
			['21 KB of fields', () => send({}, { 'x-ignore-me': 'x'.repeat(21 * 1024) })],
		],
	};
}
