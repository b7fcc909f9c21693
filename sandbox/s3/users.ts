import { createHash } from 'node:crypto';
import type { Account } from './authentication.ts';

/** Who sends requests without a signature. */
export const anonymous: Account = { accessKeyId: '', secretAccessKey: '', user: 'anonymous' };

/** The user an account belongs to; accounts of one user own the same things. */
export function userOf({ user = 'sandbox' }: Pick<Account, 'user'>): string {
	return user;
}

/** The canonical id of a user: 64 hexadecimal digits. */
export function canonicalId(user: string): string {
	return createHash('sha256').update(user).digest('hex');
}

/** The number of the account that a user stands for: 12 digits. */
export function accountId(user: string): string {
	return String(BigInt(`0x${canonicalId(user).slice(0, 12)}`) % 1_000_000_000_000n).padStart(
		12,
		'0',
	);
}
