import { distinguishedNameKey } from './dn.ts';
import { sidBytes } from './identifiers.ts';
import type { AttributeType, Schema } from './schema.ts';

type Normalise = (value: Buffer, schema: Schema) => string | undefined;

const text = (value: Buffer) => value.toString('utf8');

/** Insignificant spaces (RFC 4518 section 2.6.1) go, and compatibility characters become plain. */
const prepared = (value: Buffer) => text(value).normalize('NFKC').trim().replace(/ +/g, ' ');

const caseIgnore: Normalise = (value) => prepared(value).toLowerCase();
const caseExact: Normalise = (value) => prepared(value);
const numeric: Normalise = (value) => text(value).replace(/ /g, '');
const telephone: Normalise = (value) => text(value).toLowerCase().replace(/[ -]/g, '');
const octets: Normalise = (value) => value.toString('latin1');
const integer: Normalise = (value) =>
	/^-?\d+$/.test(text(value)) ? BigInt(text(value)).toString() : undefined;
const boolean: Normalise = (value) =>
	/^(TRUE|FALSE)$/i.test(text(value)) ? text(value).toUpperCase() : undefined;
const time: Normalise = (value) => generalizedTime(text(value));
const name: Normalise = (value, schema) => distinguishedNameKey(text(value), schema);
const uuid: Normalise = (value) =>
	value.length === 16 ? value.toString('hex') : text(value).toLowerCase().replace(/-/g, '');
const objectIdentifier: Normalise = (value, schema) => {
	const known = schema.class(text(value)) ?? schema.attribute(text(value));
	return known?.oid ?? text(value).toLowerCase();
};

/** A SID may be written as text (MS-ADTS section 3.1.1.2.2.2.4). */
const sid: Normalise = (value) =>
	(/^S-1-\d/.test(value.toString('latin1')) ? sidBytes(text(value)) : value).toString('latin1');

/** A class may be named instead of the entry that stands for its category. */
const category: Normalise = (value, schema) => {
	const first = distinguishedNameKey(text(value), schema)?.split(',')[0]?.split('=')[1];
	return first ?? schema.style.categories?.[text(value).toLowerCase()]?.toLowerCase();
};

/** Equality rules of RFC 4517 and what each compares. */
const rules: Record<string, Normalise> = {
	caseIgnoreMatch: caseIgnore,
	caseIgnoreIA5Match: caseIgnore,
	caseIgnoreListMatch: caseIgnore,
	caseExactMatch: caseExact,
	caseExactIA5Match: caseExact,
	numericStringMatch: numeric,
	telephoneNumberMatch: telephone,
	integerMatch: integer,
	booleanMatch: boolean,
	generalizedTimeMatch: time,
	distinguishedNameMatch: name,
	uniqueMemberMatch: name,
	objectIdentifierMatch: objectIdentifier,
	objectIdentifierFirstComponentMatch: (value) => /^\( (\S+)/.exec(text(value))?.[1] ?? text(value),
	UUIDMatch: uuid,
	CSNMatch: caseIgnore,
	octetStringMatch: octets,
	bitStringMatch: octets,
	sidMatch: sid,
	objectCategoryMatch: category,
	certificateExactMatch: octets,
	presentationAddressMatch: octets,
	protocolInformationMatch: octets,
};

const ruleOids: Record<string, string> = {
	'2.5.13.1': 'distinguishedNameMatch',
	'2.5.13.2': 'caseIgnoreMatch',
	'2.5.13.5': 'caseExactMatch',
	'2.5.13.8': 'numericStringMatch',
	'2.5.13.13': 'booleanMatch',
	'2.5.13.14': 'integerMatch',
	'2.5.13.17': 'octetStringMatch',
	'2.5.13.20': 'telephoneNumberMatch',
	'2.5.13.27': 'generalizedTimeMatch',
	'1.3.6.1.4.1.1466.109.114.1': 'caseExactIA5Match',
	'1.3.6.1.4.1.1466.109.114.2': 'caseIgnoreIA5Match',
};

/**
 * What a value is compared by: two values are equal when this is. Undefined where the value is not
 * of the syntax, or the type has no equality rule.
 */
export function matchKey(
	type: AttributeType,
	value: Buffer,
	schema: Schema,
	rule = type.equality,
): string | undefined {
	return rule === undefined ? undefined : rules[rule]?.(value, schema);
}

/** The name of an equality rule that is given by name or OID. */
export function ruleName(nameOrOid: string): string | undefined {
	const wanted = ruleOids[nameOrOid] ?? nameOrOid;
	return Object.keys(rules).find((rule) => rule.toLowerCase() === wanted.toLowerCase());
}

/** Below zero where the first is less; of two results of `matchKey` of this type. */
export function compareKeys(type: AttributeType, one: string, other: string): number {
	if (type.equality === 'integerMatch') {
		const difference = BigInt(one) - BigInt(other);
		return difference < 0n ? -1 : difference > 0n ? 1 : 0;
	}
	return one < other ? -1 : one > other ? 1 : 0;
}

/** "20261124120000.000000Z" of any generalized time (RFC 4517 section 3.3.13). */
function generalizedTime(value: string): string | undefined {
	const parts =
		/^(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,](\d+))?(Z|[+-]\d\d(?:\d\d)?)$/.exec(value);
	if (!parts) return undefined;
	const [, year, month, day, hour, minute = '00', second = '00', fraction = '', zone = 'Z'] = parts;
	const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3) || '00'}`;
	const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
	if (Number.isNaN(at)) return undefined;
	const whole = new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
	return `${whole}.${fraction.padEnd(6, '0')}Z`;
}
