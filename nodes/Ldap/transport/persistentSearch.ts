import { BerReader, Tag, boolean, integer, sequence } from './ber';
import type { Control } from './search';

// https://datatracker.ietf.org/doc/html/draft-ietf-ldapext-psearch-03

export const PERSISTENT_SEARCH = '2.16.840.1.113730.3.4.3';
export const ENTRY_CHANGE = '2.16.840.1.113730.3.4.7';

const CHANGES = new Map<number, EntryChange['change']>([
	[1, 'add'],
	[2, 'delete'],
	[4, 'modify'],
	[8, 'modDn'],
]);

const ALL_CHANGES = 15;

/** Asks for every change from now on, each with what it was. */
export const persistentSearchRequest: Control = {
	oid: PERSISTENT_SEARCH,
	critical: true,
	value: sequence(integer(ALL_CHANGES), boolean(true), boolean(true)),
};

export interface EntryChange {
	change: 'add' | 'delete' | 'modify' | 'modDn';
	/** where the entry was before it was renamed */
	previousDn?: string;
	changeNumber?: number;
}

/** @throws BerError where it is no notification of a change */
export function entryChangeOf(controls: readonly Control[]): EntryChange | undefined {
	const value = controls.find(({ oid }) => oid === ENTRY_CHANGE)?.value;
	if (!value) return undefined;
	const reader = new BerReader(value);
	reader.enter(Tag.sequence);
	const change = CHANGES.get(reader.enumerated()) ?? 'modify';
	const previousDn = reader.peek() === Tag.octets ? reader.text() : undefined;
	const changeNumber = reader.peek() === Tag.integer ? reader.integer() : undefined;
	return {
		change,
		...(previousDn !== undefined && { previousDn }),
		...(changeNumber !== undefined && { changeNumber }),
	};
}
