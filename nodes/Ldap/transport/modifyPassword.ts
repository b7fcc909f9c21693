import { toFailure } from '../../shared/resilience/failure';
import { BerReader, Tag, octets, sequence } from './ber';
import type { LdapClient } from './client';
import { mustBeEncrypted } from './mustBeEncrypted';

/** "Password Modify" (RFC 3062) */
export const PASSWORD_MODIFY = '1.3.6.1.4.1.4203.1.11.1';

export interface NewPassword {
	/** usually a DN; left out: who is signed in */
	user?: string;
	/** left out: the server must allow it without */
	before?: string;
	/** left out: the server makes one */
	after?: string;
}

/**
 * Changes a password in the way that the server chooses: it hashes it and keeps to its policy.
 * @returns the password that the server made, where it did
 */
export async function modifyPassword(
	ldap: LdapClient,
	{ user, before, after }: NewPassword,
): Promise<string | undefined> {
	mustBeEncrypted(ldap);
	const value = sequence(
		...[user, before, after].flatMap((text, place) =>
			text === undefined ? [] : [octets(text, Tag.context | place)],
		),
	);
	// Sent again with the old password, it would be refused, and a password made twice is another one.
	const repeatable = before === undefined && after !== undefined;
	try {
		const answer = await ldap.extended(PASSWORD_MODIFY, value, repeatable);
		return answer.value && generatedIn(answer.value);
	} catch (error) {
		const failure = toFailure(error);
		throw after === undefined && !failure.hint && failure.phase === 'rejected'
			? failure.withHint('The server may not make passwords: give a new one.')
			: failure;
	}
}

function generatedIn(value: Buffer): string | undefined {
	const reader = new BerReader(value);
	reader.enter(Tag.sequence);
	return reader.more ? reader.text(Tag.context) : undefined;
}
