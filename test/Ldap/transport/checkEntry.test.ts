import { checkEntry } from '../../../nodes/Ldap/transport/checkEntry';
import type { Schema } from '../../../nodes/Ldap/transport/schema';
import { noSchema } from '../../../nodes/Ldap/transport/schemaParser';
import { Failure } from '../../../nodes/shared/resilience/failure';
import { activeDirectory, openLdap, schemaOf } from './schemas';

function objection(attributes: Record<string, string | string[]>, schema: Schema = openLdap) {
	const list = Object.entries(attributes).map(([type, values]) => ({
		type,
		values: [values].flat().map((value) => Buffer.from(value)),
	}));
	try {
		checkEntry(schema, list);
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
	return undefined;
}

const PERSON = { objectClass: 'inetOrgPerson', cn: 'Ada', sn: 'Lovelace' };

test('an entry as the schema wants it', () => {
	expect(
		objection({ ...PERSON, mail: ['a@b.org', 'c@d.org'], 'cn;lang-de': 'Ada' }),
	).toBeUndefined();
	// by other names, OIDs and with all superior classes
	expect(
		objection({
			'2.5.4.0': ['top', 'PERSON', '2.5.6.7', 'inetorgperson'],
			commonName: 'Ada',
			surname: 'Lovelace',
		}),
	).toBeUndefined();
});

test('what is wrong is said all at once, before anything is sent', () => {
	const failure = objection({
		objectClass: 'inetOrgPerson',
		cn: 'Ada',
		maill: 'a',
		member: 'cn=b',
		displayName: ['a', 'b'],
	});
	expect(failure).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect(failure?.message).toBe(
		[
			'"sn" is missing, which the object class "inetOrgPerson" requires.',
			'There is no attribute "maill" (did you mean "mail"?).',
			'"member" is not allowed by "inetOrgPerson".',
			'"displayName" has 2 values, but may have only one.',
		].join(' '),
	);
});

test.each([
	[{ cn: 'a' }, 'An entry needs "objectClass", which is missing.'],
	[
		{ objectClass: 'inetOrgPersn', cn: 'a' },
		'There is no object class "inetOrgPersn" (did you mean "inetOrgPerson"?).',
	],
	[{ objectClass: 'unheardOf', cn: 'a' }, 'There is no object class "unheardOf".'],
	[
		{ objectClass: ['top', 'extensibleObject'], cn: 'a' },
		'An entry needs a structural object class besides "top" and "extensibleObject".',
	],
	[
		{ objectClass: ['person', 'groupOfNames'], cn: 'a', sn: 'b', member: 'cn=c' },
		'An entry is of one structural object class, but "person" and "groupOfNames" are not derived from each other.',
	],
	[
		{ objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'], cn: 'a' },
		'"sn" is missing, which the object class "person" requires.',
	],
])('%j', (attributes, message) => {
	expect(objection(attributes as Record<string, string>)?.message).toBe(message);
});

test('an extensible object may have any attribute that there is', () => {
	const objectClass = ['person', 'extensibleObject'];
	expect(objection({ objectClass, cn: 'a', sn: 'b', mail: 'c' })).toBeUndefined();
	expect(objection({ objectClass, cn: 'a', sn: 'b', unheardOf: 'c' })?.message).toBe(
		'There is no attribute "unheardOf".',
	);
});

const TOP = "( 2.5.6.0 NAME 'top' ABSTRACT )";

test('a schema without "top" does not tell all: the server judges by itself, as LLDAP does', () => {
	const schema = schemaOf(
		["( 1.1 NAME 'objectClass' )", "( 1.2 NAME ( 'uid' 'user_id' ) )"],
		["( 3.0 NAME ( 'inetOrgPerson' 'person' ) STRUCTURAL MUST ( mail $ user_id ) )"],
	);
	expect(objection({ objectClass: ['top', 'organizationalPerson'], x: '1' }, schema)).toBe(
		undefined,
	);
});

test('says which auxiliary class allows an attribute', () => {
	const schema = schemaOf(
		["( 1.1 NAME 'objectClass' )", "( 1.2 NAME 'loginShell' )"],
		[
			TOP,
			"( 2.1 NAME 'person' STRUCTURAL )",
			"( 2.2 NAME 'posixAccount' AUXILIARY MAY loginShell )",
		],
	);
	expect(objection({ objectClass: 'person', loginShell: '/bin/sh' }, schema)?.message).toBe(
		'"loginShell" is not allowed by "person", but by "posixAccount".',
	);
});

test('Active Directory fills in what its schema demands, and has attributes of auxiliary classes', () => {
	const user = { objectClass: 'user', cn: 'Ada' };
	expect(objection({ ...user, uidNumber: '5', unicodePwd: 'x' }, activeDirectory)).toBeUndefined();
	expect(objection({ objectClass: 'group', cn: 'a' }, activeDirectory)).toBeUndefined();
	expect(objection({ ...user, groupType: '2' }, activeDirectory)?.message).toBe(
		'"groupType" is not allowed by "user".',
	);
});

test('a server that lets entries be of several structural classes', () => {
	const schema = schemaOf(
		["( 1.1 NAME 'objectClass' )", "( 1.2 NAME 'nsUniqueId' )"],
		["( 2.1 NAME 'a' STRUCTURAL )", "( 2.2 NAME 'b' STRUCTURAL )"],
	);
	expect(objection({ objectClass: ['a', 'b'] }, schema)).toBeUndefined();
});

test('without a schema the server judges', () => {
	expect(objection({ anything: 'goes' }, noSchema)).toBeUndefined();
});
