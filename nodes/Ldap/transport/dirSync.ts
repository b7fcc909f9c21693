import { BerReader, Tag, integer, octets, sequence } from './ber';
import type { Control } from './search';

/**
 * LDAP_SERVER_DIRSYNC_OID: what has changed in a naming context of Active Directory.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/2213a7f2-0a36-483c-b2a4-8574d53aa1e3
 */
export const DIR_SYNC = '1.2.840.113556.1.4.841';

/** LDAP_DIRSYNC_OBJECT_SECURITY: only what the user may read, which needs no right to replicate. */
export const OBJECT_SECURITY = 1;

const MOST_BYTES = 4 * 1024 * 1024;

/** @param cookie where to go on from; empty: everything there is */
export const dirSyncRequest = (cookie: Buffer, flags: number): Control => ({
	oid: DIR_SYNC,
	critical: true,
	value: sequence(integer(flags), integer(MOST_BYTES), octets(cookie)),
});

export interface DirSyncEnd {
	/** there is more, to be asked for with the cookie */
	more: boolean;
	cookie: Buffer;
}

/** @throws BerError where it is no answer of DirSync */
export function dirSyncEndOf(controls: readonly Control[]): DirSyncEnd | undefined {
	const value = controls.find(({ oid }) => oid === DIR_SYNC)?.value;
	if (!value) return undefined;
	const reader = new BerReader(value);
	reader.enter(Tag.sequence);
	const more = reader.integer() !== 0;
	reader.integer();
	return { more, cookie: Buffer.from(reader.octets()) };
}
