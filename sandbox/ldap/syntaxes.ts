import { distinguishedNameKey } from './dn.ts';
import type { AttributeType, Schema } from './schema.ts';

type Check = (value: Buffer, schema: Schema) => boolean;

const text = (value: Buffer) => value.toString('utf8');
const isUtf8 = (value: Buffer) => Buffer.from(text(value)).equals(value);
const matches =
	(pattern: RegExp): Check =>
	(value) =>
		pattern.test(value.toString('latin1'));

const RFC4517 = '1.3.6.1.4.1.1466.115.121.1.';
const PRINTABLE = /^[A-Za-z0-9'()+,\-./:? =]+$/;
const OID = /^(?:[A-Za-z][\w-]*|\d+(?:\.\d+)+)$/;

/** Syntaxes of RFC 4517 section 3.3 by their OID; the others take any octets. */
const checks: Record<string, Check> = {
	[`${RFC4517}6`]: matches(/^'[01]*'B$/),
	[`${RFC4517}7`]: matches(/^(?:TRUE|FALSE)$/),
	[`${RFC4517}11`]: matches(/^[A-Za-z]{2}$/),
	[`${RFC4517}12`]: (value, schema) => distinguishedNameKey(text(value), schema) !== undefined,
	[`${RFC4517}15`]: (value) => value.length > 0 && isUtf8(value),
	[`${RFC4517}22`]: matches(PRINTABLE),
	[`${RFC4517}24`]: matches(
		/^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d|60)?)?(?:[.,]\d+)?(?:Z|[+-]\d\d(?:\d\d)?)$/,
	),
	[`${RFC4517}26`]: (value) => value.every((octet) => octet < 0x80),
	[`${RFC4517}27`]: matches(/^(?:0|-?[1-9]\d*)$/),
	[`${RFC4517}28`]: (value) => value.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
	[`${RFC4517}34`]: (value, schema) =>
		distinguishedNameKey(text(value).replace(/#'[01]*'B$/, ''), schema) !== undefined,
	[`${RFC4517}36`]: matches(/^[\d ]+$/),
	[`${RFC4517}38`]: matches(OID),
	[`${RFC4517}41`]: (value) => value.length > 0 && isUtf8(value),
	[`${RFC4517}44`]: matches(PRINTABLE),
	[`${RFC4517}50`]: matches(PRINTABLE),
	'1.3.6.1.1.16.1': matches(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
};

/** Whether a value may stand in an attribute of this type. */
export function isOfSyntax(type: AttributeType, value: Buffer, schema: Schema): boolean {
	return checks[type.syntax]?.(value, schema) ?? true;
}

/** Whether the values are names of entries. */
export const holdsNames = (type: AttributeType) => type.syntax === `${RFC4517}12`;
