import type { Attribute } from './entry';
import { oidName } from './oidNames';
import { textOf } from './values/text';
import { generalizedTime } from './values/time';

type Read = (value: Buffer) => unknown;

const named: Read = (value) => {
	const oid = value.toString();
	return { oid, name: oidName(oid) ?? null };
};

const number: Read = (value) => {
	const read = Number(value.toString());
	return Number.isSafeInteger(read) ? read : textOf(value);
};

// https://learn.microsoft.com/openspecs/windows_protocols/ms-adts section 6.1.4.2
const LEVELS: Record<string, string> = {
	0: 'Windows 2000',
	1: 'Windows Server 2003 Mixed',
	2: 'Windows Server 2003',
	3: 'Windows Server 2008',
	4: 'Windows Server 2008 R2',
	5: 'Windows Server 2012',
	6: 'Windows Server 2012 R2',
	7: 'Windows Server 2016',
	10: 'Windows Server 2025',
};

/** A functional level of Active Directory. */
export const levelName = (level: string): string | undefined => LEVELS[level];

const level: Read = (value) => ({
	level: number(value),
	name: levelName(value.toString()) ?? null,
});

// By names in lower case. Those of RFC 4512 section 5.1 may have several values.
const LISTS: Record<string, Read> = {
	altserver: textOf,
	namingcontexts: textOf,
	objectclass: textOf,
	supportedcapabilities: named,
	supportedcontrol: named,
	supportedextension: named,
	supportedfeatures: named,
	supportedldappolicies: textOf,
	supportedldapversion: number,
	supportedsaslmechanisms: textOf,
};
const SINGLE: Record<string, Read> = {
	currenttime: generalizedTime.decode,
	domaincontrollerfunctionality: level,
	domainfunctionality: level,
	forestfunctionality: level,
	highestcommittedusn: number,
};

const word: Read = (value) => {
	const text = textOf(value);
	return text === 'TRUE' ? true : text === 'FALSE' ? false : text;
};

/**
 * The root DSE as a row, by the names that the server uses: what may have several values as lists,
 * OIDs with their names, functional levels with theirs, numbers, dates and booleans as such.
 */
export const rootDseRow = (attributes: Attribute[]): Record<string, unknown> =>
	Object.fromEntries(
		attributes.map(({ type, values }) => {
			const list = LISTS[type.toLowerCase()];
			// Samba names some controls several times.
			if (list) return [type, distinct(values).map(list)];
			const read = values.map(SINGLE[type.toLowerCase()] ?? word);
			return [type, read.length === 1 ? read[0] : read];
		}),
	);

const distinct = (values: Buffer[]) =>
	[...new Set(values.map((value) => value.toString('latin1')))].map((text) =>
		Buffer.from(text, 'latin1'),
	);
