import { execFileSync } from 'node:child_process';
import { createSign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SnsMessage } from '../../../nodes/S3/transport/sns';
import {
	confirmSns,
	isSignedBy,
	isSnsAddress,
	isSnsMessage,
	signedText,
	verifySns,
} from '../../../nodes/S3/transport/sns';
import type { HttpClient } from '../../../nodes/shared/transport/http';

const folder = mkdtempSync(path.join(os.tmpdir(), 'sns-'));
const file = (name: string) => path.join(folder, name);
let key = '';
let cert = '';

beforeAll(() => {
	execFileSync(
		'openssl',
		[
			...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=sns.test'],
			...['-keyout', file('key.pem'), '-out', file('cert.pem')],
		],
		{ stdio: 'ignore' },
	);
	key = readFileSync(file('key.pem'), 'utf8');
	cert = readFileSync(file('cert.pem'), 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
const notification: SnsMessage = {
	Type: 'Notification',
	MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
	TopicArn: 'arn:aws:sns:us-west-2:123456789012:MyTopic',
	Subject: 'My First Message',
	Message: 'Hello world!',
	Timestamp: '2012-05-02T00:54:06.655Z',
	SignatureVersion: '1',
	Signature: '',
	SigningCertURL: 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecf.pem',
};
const confirmation: SnsMessage = {
	...notification,
	Type: 'SubscriptionConfirmation',
	Subject: undefined,
	Token:
		'2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92768dd60a747ba6f3beb71854e',
	SubscribeURL:
		'https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37fb',
};

const signed = (message: SnsMessage, version = '1'): SnsMessage => {
	const withVersion = { ...message, SignatureVersion: version };
	const signer = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256');
	return { ...withVersion, Signature: signer.update(signedText(withVersion)).sign(key, 'base64') };
};

/** SNS as far as it is asked. */
const sns = () => {
	const asked: string[] = [];
	const http: HttpClient = {
		buffer: async ({ origin, path: target }) => {
			asked.push(origin + target);
			return { status: 200, headers: {}, body: Buffer.from(cert) };
		},
		stream: async () => {
			throw new Error('not used');
		},
	};
	return { asked, http };
};
const { signal } = new AbortController();

test('what is signed is what the documentation says', () => {
	expect(signedText(notification)).toBe(
		'Message\nHello world!\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\nSubject\nMy First Message\n' +
			'Timestamp\n2012-05-02T00:54:06.655Z\nTopicArn\narn:aws:sns:us-west-2:123456789012:MyTopic\nType\nNotification\n',
	);
	expect(signedText({ ...notification, Subject: undefined })).not.toContain('Subject');
	expect(
		signedText(confirmation)
			.split('\n')
			.filter((_line, n) => n % 2 === 0),
	).toEqual(['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type', '']);
});

test.each(['1', '2'])('version %s: the signature fits, and no changed message', (version) => {
	for (const message of [signed(notification, version), signed(confirmation, version)]) {
		expect(isSignedBy(cert, message, Date.now())).toBe(true);
		for (const name of ['Message', 'MessageId', 'Timestamp', 'TopicArn'] as const)
			expect(isSignedBy(cert, { ...message, [name]: `${message[name]}x` }, Date.now())).toBe(false);
	}
	const message = signed(notification, version);
	expect(isSignedBy(cert, { ...message, Subject: undefined }, Date.now())).toBe(false);
	expect(isSignedBy(cert, { ...message, SignatureVersion: '3' }, Date.now())).toBe(false);
	expect(isSignedBy(cert, { ...message, Signature: '' }, Date.now())).toBe(false);
	expect(isSignedBy('no certificate', message, Date.now())).toBe(false);
	expect(isSignedBy(cert, message, Date.now() + 3 * 86_400_000)).toBe(false);
});

test.each([
	['https://sns.us-west-2.amazonaws.com/x.pem', true],
	['https://sns.cn-north-1.amazonaws.com.cn/x.pem', true],
	['http://sns.us-west-2.amazonaws.com/x.pem', false],
	['https://sns.us-west-2.amazonaws.com.evil.example/x.pem', false],
	['https://evil.example/sns.us-west-2.amazonaws.com/x.pem', false],
	['https://sns.us-west-2.amazonaws.com@evil.example/x.pem', false],
	['https://user@sns.us-west-2.amazonaws.com/x.pem', false],
	['https://sns.us-west-2.amazonaws.com:8443/x.pem', false],
	['https://sns-us-west-2.amazonaws.com/x.pem', false],
	['https://sns.us-west-2.amazonaws.com.cn.evil/x.pem', false],
	['https://my-bucket.s3.amazonaws.com/x.pem', false],
	['file:///etc/passwd', false],
	['', false],
	[undefined, false],
])('an address of SNS: %s %s', (address, is) => {
	expect(isSnsAddress(address)).toBe(is);
});

test('the certificate is asked for once, and only from SNS', async () => {
	const { asked, http } = sns();
	await verifySns(http, signed(notification), signal, Date.now());
	await verifySns(http, signed(notification, '2'), signal, Date.now());
	expect(asked).toEqual([notification.SigningCertURL]);
	const elsewhere = { ...signed(notification), SigningCertURL: 'https://evil.example/cert.pem' };
	await expect(verifySns(http, elsewhere, signal, Date.now())).rejects.toThrow('not from SNS');
	const changed = { ...signed(notification), Message: 'Other' };
	await expect(verifySns(http, changed, signal, Date.now())).rejects.toThrow('does not fit');
	expect(asked).toHaveLength(1);
});

test('a subscription is confirmed at SNS, with its query', async () => {
	const { asked, http } = sns();
	await confirmSns(http, confirmation, signal);
	expect(asked).toEqual([confirmation.SubscribeURL]);
	const elsewhere = { ...confirmation, SubscribeURL: 'https://10.0.0.1/?Action=Confirm' };
	await expect(confirmSns(http, elsewhere, signal)).rejects.toThrow('would not go to SNS');
	expect(asked).toHaveLength(1);
});

test('messages of SNS are told from other bodies', () => {
	expect(isSnsMessage(notification)).toBe(true);
	for (const body of [null, 'x', { Records: [] }, { Type: 'Notification' }, { Type: 'Other' }])
		expect(isSnsMessage(body)).toBe(false);
});
