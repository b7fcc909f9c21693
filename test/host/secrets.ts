import assert from 'node:assert/strict';
import { secrets } from './setting.ts';

/** A secret as it is, and as it would look in JSON, in a URL, in Base64 and in hexadecimal. */
const disguises = (secret: string) => [
	secret,
	JSON.stringify(secret).slice(1, -1),
	encodeURIComponent(secret),
	Buffer.from(secret).toString('base64'),
	Buffer.from(secret).toString('hex'),
];

/** Fails when `text` contains one of the planted secrets; the message does not repeat it. */
export function assertNoSecret(text: string, where: string): void {
	for (const [name, secret] of Object.entries(secrets)) {
		assert.ok(!disguises(secret).some((form) => text.includes(form)), `${name} is in ${where}`);
	}
}
