import type { Attribute, Entry } from '../transport/entry';
import { isSecretAttribute } from '../transport/values/secretAttributes';
import type { Watched } from './news';

const lowerCase = (names: string): ReadonlySet<string> =>
	new Set(names.toLowerCase().split(/\s+/).filter(Boolean));

// Changes with every change or sign-in, or is worked out from other entries: no event by itself.
const NOISE = lowerCase(`
	createTimestamp modifyTimestamp modifiersName entryCSN contextCSN uSNChanged uSNCreated whenChanged
	dSCorePropagationData replPropertyMetaData lastLogon lastLogoff lastLogonTimestamp logonCount
	badPwdCount badPasswordTime memberOf distinguishedName
`);

// https://www.rfc-editor.org/rfc/rfc4530 (OpenLDAP and others), Active Directory, 389 Directory
// Server, IBM, eDirectory.
export const ID_ATTRIBUTES = ['entryUUID', 'objectGUID', 'nsUniqueId', 'ibm-entryUUID', 'GUID'];

const baseName = (description: string) => description.split(';')[0]?.toLowerCase() ?? '';

/** Names to ask the server for. */
export function namesToAskFor(
	{ attributes, memberAttributes }: Watched,
	...more: string[]
): string[] {
	return [...(attributes.length > 0 ? attributes : ['*']), ...memberAttributes, ...more];
}

/** Leaves of an entry what is watched. */
export function watchedPart({ attributes, memberAttributes }: Watched): (entry: Entry) => Entry {
	const chosen = new Set([...attributes, ...memberAttributes].map(baseName));
	const ids = new Set(ID_ATTRIBUTES.map(baseName));
	const everything = attributes.length === 0 || attributes.includes('*');
	const wanted = ({ type }: Attribute) => {
		const name = baseName(type);
		// Kept nowhere and shown nowhere, whoever asks for them.
		if (isSecretAttribute(name)) return false;
		return chosen.has(name) || (everything && !NOISE.has(name) && !ids.has(name));
	};
	return ({ dn, attributes: all }) => ({ dn, attributes: all.filter(wanted) });
}
