import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertNoSecret } from './secrets.ts';
import { secrets, setting } from './setting.ts';

async function tested(changes: Record<string, unknown>) {
	const { rest, credential, credentialId } = setting();
	const answer = await rest.testCredential(credentialId, 'S3', 'resilientS3Api', {
		...credential,
		...changes,
	});
	assertNoSecret(JSON.stringify(answer), 'the answer of the credential test');
	return answer;
}

describe('the test button of the credential', () => {
	test('says which account answers', async () => {
		const { status, message } = await tested({});
		assert.equal(status, 'OK', message);
		assert.match(message, /account.*bucket/i);
	});

	test('a wrong secret: names it, without any of the secrets', async () => {
		const { s3 } = setting();
		s3.requests.length = 0;
		const { status, message } = await tested({
			secretAccessKey: secrets.wrongSecretAccessKey,
		});
		assert.equal(status, 'Error');
		assert.match(message, /SignatureDoesNotMatch/);
		assert.match(message, /secret access key/i);
		assert.equal(s3.requests.length, 1, 'a refused signature is not sent again');
	});

	test('an unknown access key: names it', async () => {
		const { status, message } = await tested({ accessKeyId: 'AKIANOBODYKNOWSTHIS0' });
		assert.equal(status, 'Error');
		assert.match(message, /InvalidAccessKeyId/);
		assert.match(message, /access key id/i);
	});

	test('a server that is not there: says so within the time people wait', async () => {
		const started = Date.now();
		// Port 9 (discard): nobody listens there.
		const { status, message } = await tested({ endpoint: 'http://127.0.0.1:9' });
		assert.equal(status, 'Error');
		assert.match(message, /127\.0\.0\.1:9|ECONNREFUSED|refused/i);
		assert.ok(Date.now() - started < 16_000);
	});

	test('a server that is no S3: says so', async () => {
		const { host } = setting();
		const { status, message } = await tested({ endpoint: host.url });
		assert.equal(status, 'Error');
		assert.match(message, /not in the words of S3|not .*S3|endpoint/i);
	});
});
