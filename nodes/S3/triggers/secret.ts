import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Whether one of the texts is the secret, in a time that does not tell how much of it fits. */
const isAmong = (secret: string, shown: string[]) => {
	const wanted = digest(secret);
	return shown.reduce((found, text) => timingSafeEqual(wanted, digest(text)) || found, false);
};

/**
 * Whether a request shows the secret, in one of the ways senders know: `Authorization: Bearer` (MinIO),
 * a bare header (EventBridge API keys), the password of the address (Ceph, SNS), `?token=`.
 * @returns `absent` where it shows nothing at all
 */
export function shownSecret(
	secret: string,
	headers: Record<string, string[] | string | undefined>,
	query: Record<string, unknown>,
	header: string,
): 'absent' | 'right' | 'wrong' {
	const value = headers[(header || 'authorization').toLowerCase()];
	const shown = [value].flat().flatMap((text) => (text ? formsOf(text) : []));
	if (typeof query.token === 'string') shown.push(query.token);
	if (shown.length === 0) return 'absent';
	return secret !== '' && isAmong(secret, shown) ? 'right' : 'wrong';
}

function formsOf(value: string): string[] {
	const [, scheme = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(value) ?? [];
	if (/^bearer$/i.test(scheme)) return [rest, value];
	if (!/^basic$/i.test(scheme)) return [value];
	const pair = Buffer.from(rest, 'base64').toString();
	return [pair.slice(pair.indexOf(':') + 1)];
}
