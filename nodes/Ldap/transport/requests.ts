import { Tag, boolean, element, enumerated, integer, octets, sequence } from './ber';
import type { Rename } from './client';
import type { Attribute, Change } from './entry';
import { encodeFilter } from './filterBer';
import type { DerefAliases, Scope, Search } from './search';

const VERSION = 3;

/** RFC 4511 section 4.2 */
export const simpleBind = (name: string, password: string): Buffer =>
	element(0x60, integer(VERSION), octets(name), octets(password, Tag.context));

/** RFC 4511 section 4.2; `credentials` left out: there are none, which is not the same as empty */
export const saslBind = (mechanism: string, credentials?: Buffer): Buffer =>
	element(
		0x60,
		integer(VERSION),
		octets(''),
		element(
			Tag.contextOf | 3,
			octets(mechanism),
			...(credentials === undefined ? [] : [octets(credentials)]),
		),
	);

export const unbind = (): Buffer => element(0x42);

export const abandon = (id: number): Buffer => integer(id, 0x50);

const SCOPES: Record<Scope, number> = { base: 0, one: 1, subtree: 2, children: 3 };
const DEREFERENCE: Record<DerefAliases, number> = { never: 0, searching: 1, finding: 2, always: 3 };

/** RFC 4511 section 4.5.1. The limit is the one on the wire: that of the page is a control. */
export const searchRequest = (search: Search, sizeLimit: number): Buffer =>
	element(
		0x63,
		octets(search.base),
		enumerated(SCOPES[search.scope]),
		enumerated(DEREFERENCE[search.derefAliases ?? 'never']),
		integer(sizeLimit),
		integer(search.timeLimit ?? 0),
		boolean(search.typesOnly ?? false),
		encodeFilter(search.filter),
		sequence(all(search.attributes ?? [], (name) => octets(name))),
	);

/** RFC 4511 section 4.7 */
export const addRequest = (dn: string, attributes: readonly Attribute[]): Buffer =>
	element(0x68, octets(dn), sequence(all(attributes, encodeAttribute)));

const CHANGES: Record<Change['operation'], number> = {
	add: 0,
	delete: 1,
	replace: 2,
	increment: 3,
};

/** RFC 4511 section 4.6, RFC 4525 */
export const modifyRequest = (dn: string, changes: readonly Change[]): Buffer =>
	element(
		0x66,
		octets(dn),
		sequence(
			all(changes, (change) =>
				sequence(enumerated(CHANGES[change.operation]), encodeAttribute(change)),
			),
		),
	);

/** RFC 4511 section 4.8 */
export const deleteRequest = (dn: string): Buffer => octets(dn, 0x4a);

/** RFC 4511 section 4.9 */
export const modifyDnRequest = (dn: string, rename: Rename): Buffer =>
	element(
		0x6c,
		octets(dn),
		octets(rename.newRdn),
		boolean(rename.deleteOldRdn),
		...(rename.newSuperior === undefined ? [] : [octets(rename.newSuperior, Tag.context)]),
	);

/** RFC 4511 section 4.10 */
export const compareRequest = (dn: string, attribute: string, value: Buffer): Buffer =>
	element(0x6e, octets(dn), sequence(octets(attribute), octets(value)));

/** RFC 4511 section 4.12 */
export const extendedRequest = (oid: string, value?: Buffer): Buffer =>
	element(
		0x77,
		octets(oid, Tag.context),
		...(value === undefined ? [] : [octets(value, Tag.context | 1)]),
	);

const encodeAttribute = ({ type, values }: Attribute) =>
	sequence(
		octets(type),
		element(
			Tag.set,
			all(values, (value) => octets(value)),
		),
	);

// Not as arguments: a group of 200,000 members would be too many of them.
const all = <T>(items: readonly T[], encode: (item: T) => Buffer) =>
	Buffer.concat(items.map(encode));
