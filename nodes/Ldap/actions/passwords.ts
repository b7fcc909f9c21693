import type { LdapClient } from '../transport/client';
import { mustBeEncrypted } from '../transport/mustBeEncrypted';
import { isSecretAttribute } from '../transport/values/secretAttributes';

/** Passwords among what is written go over encrypted connections only. @throws Failure */
export function protectPasswords(
	ldap: LdapClient,
	attributes: Array<{ type: string; values: unknown[] }>,
): void {
	if (attributes.some(({ type, values }) => values.length > 0 && isPassword(type)))
		mustBeEncrypted(ldap);
}

/** The passwords among names and values, in rows or in an object, at any depth. */
export function passwordsIn(given: unknown): string[] {
	if (typeof given !== 'object' || given === null) return [];
	if ('attribute' in given && 'value' in given)
		return isPassword(given.attribute) ? textsIn(given.value) : [];
	return Object.entries(given).flatMap(([name, value]: [string, unknown]) =>
		isPassword(name) ? textsIn(value) : passwordsIn(value),
	);
}

const isPassword = (name: unknown): boolean => typeof name === 'string' && isSecretAttribute(name);

const textsIn = (value: unknown): string[] =>
	typeof value === 'string' || typeof value === 'number'
		? [String(value)]
		: typeof value === 'object' && value !== null
			? Object.values(value).flatMap(textsIn)
			: [];
