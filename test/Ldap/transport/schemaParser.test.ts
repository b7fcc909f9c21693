import { noSchema } from '../../../nodes/Ldap/transport/schemaParser';
import { activeDirectory, openLdap, schemaOf } from './schemas';

describe('an attribute type', () => {
	test('is found by each of its names and its OID, without regard to case and options', () => {
		const sn = openLdap.attributeType('sn');
		expect(sn?.names).toEqual(['sn', 'surname']);
		expect(sn?.description).toBe('RFC2256: last (family) name(s) for which the entity is known by');
		for (const name of ['SURNAME', '2.5.4.4', 'sn;lang-de', 'Sn;lang-de;x-foo'])
			expect(openLdap.attributeType(name)).toBe(sn);
		expect(openLdap.attributeType('snow')).toBeUndefined();
	});

	test('inherits the syntax of its superior, but not that it has one value', () => {
		const schema = schemaOf([
			"( 1.1 NAME 'one' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27{5} SINGLE-VALUE )",
			"( 1.2 NAME 'two' SUP one )",
			"( 1.3 NAME 'three' SUP 1.2 )",
		]);
		expect(schema.attributeType('three')).toMatchObject({
			syntax: '1.3.6.1.4.1.1466.115.121.1.27',
			singleValue: false,
		});
	});

	test('has its usage and restrictions', () => {
		expect(openLdap.attributeType('createTimestamp')).toMatchObject({
			singleValue: true,
			noUserModification: true,
			usage: 'directoryOperation',
		});
		expect(activeDirectory.attributeType('cn')).toMatchObject({
			syntax: '1.3.6.1.4.1.1466.115.121.1.15',
			singleValue: true,
			noUserModification: false,
			usage: 'userApplications',
		});
	});
});

describe('what servers write in other ways than RFC 4512 says', () => {
	const read = (definition: string) => schemaOf([definition]).attributeTypes[0];

	test.each([
		["( 1.2.3 NAME 'a' DESC 'it\\27s \\5cc' SYNTAX 1.4 )", 'an escaped description', "it's \\c"],
		["( 1.2.3 NAME 'a' DESC 'it's' SYNTAX 1.4 )", 'a bare apostrophe', "it's"],
		["(1.2.3 NAME ('a')DESC 'd' SYNTAX 1.4)", 'no blanks', 'd'],
		["( 1.2.3 NAME'a' DESC'd' SYNTAX'1.4' )", 'no blanks before quotes', 'd'],
		["( 1.2.3 NAME 'a' SYNTAX 1.4 DESC 'd )", 'a quote that does not end', 'd'],
		["( 1.2.3 NAME 'a' DESC '' SYNTAX 1.4 )", 'an empty description', undefined],
		["( 1.2.3 NAME a DESC d SYNTAX '1.4' )", 'quotes elsewhere', 'd'],
		["  1.2.3 name 'a' desc 'd' syntax 1.4", 'no parentheses, small letters', 'd'],
		["( 1.2.3 SYNTAX 1.4{64} DESC 'd' X-ORIGIN ( 'a' 'b' ) NAME 'a' )", 'another order', 'd'],
		["( 1.2.3 NAME 'a' X-SCHEMA-FILE '00core.ldif' DESC 'd' X-FOO SYNTAX 1.4 )", 'extras', 'd'],
		["( 1.2.3 NAME 'a' DESC 'd ( $ ) x' SYNTAX 1.4 )", 'signs in a description', 'd ( $ ) x'],
		["( 1.2.3\n  NAME 'a'\n\tDESC 'd\n e' SYNTAX 1.4", 'lines', 'd\n e'],
	])('%s: %s', (definition, _, description) => {
		expect(read(definition)).toMatchObject({
			oid: '1.2.3',
			names: ['a'],
			syntax: '1.4',
			description,
		});
	});

	test('an identifier that is a name', () => {
		expect(read("( myAttr-oid NAME 'myAttr' SINGLE-VALUE )")).toMatchObject({
			oid: 'myAttr-oid',
			names: ['myAttr'],
			singleValue: true,
		});
	});

	test('a definition without a name goes by its OID', () => {
		expect(schemaOf(['( 1.2.3 SYNTAX 1.4 )']).attributeType('1.2.3')?.syntax).toBe('1.4');
	});

	test('nonsense is passed over, and what comes after it is not', () => {
		const schema = schemaOf(['', '(', '()', ')', "( 1.2.3 NAME 'a' )"]);
		expect(schema.attributeTypes).toHaveLength(1);
		expect(schema.attributeType('a')?.oid).toBe('1.2.3');
	});

	test('superiors that go in a circle, or are nowhere', () => {
		const schema = schemaOf(
			["( 1.1 NAME 'a' SUP b )", "( 1.2 NAME 'b' SUP a )", "( 1.3 NAME 'c' SUP nobody )"],
			["( 2.1 NAME 'x' SUP y MUST a )", "( 2.2 NAME 'y' SUP ( x $ nobody ) MAY b )"],
		);
		expect(schema.attributeType('a')?.syntax).toBeUndefined();
		expect(schema.objectClass('x')).toMatchObject({ must: ['a'], may: ['b'] });
	});
});

describe('an object class', () => {
	test('has the attributes of its superiors', () => {
		expect(openLdap.objectClass('INETORGPERSON')).toMatchObject({
			kind: 'structural',
			superiors: ['organizationalPerson'],
			must: ['sn', 'cn', 'objectClass'],
			may: [
				'displayName',
				'jpegPhoto',
				'mail',
				'userCertificate',
				'uidNumber',
				'userPassword',
				'description',
			],
		});
		expect(openLdap.objectClass('top')?.kind).toBe('abstract');
		expect(openLdap.objectClass('extensibleObject')?.kind).toBe('auxiliary');
	});

	test('of Active Directory has those of its auxiliary classes as well', () => {
		const user = activeDirectory.objectClass('user');
		expect(user?.must).toEqual(
			expect.arrayContaining(['cn', 'objectClass', 'sAMAccountName', 'objectSid']),
		);
		expect(user?.may).toEqual(expect.arrayContaining(['uidNumber', 'userAccountControl', 'sn']));
		expect(user?.may).not.toContain('sAMAccountName');
		expect(activeDirectory.objectClass('group')?.must).not.toContain('sAMAccountName');
	});

	test('can be copied with all it has', () => {
		expect({ ...openLdap.objectClass('groupOfNames') }).toMatchObject({
			must: ['member', 'cn', 'objectClass'],
			may: ['description'],
		});
	});
});

test('without a schema nothing is known', () => {
	expect(noSchema.attributeType('cn')).toBeUndefined();
	expect(noSchema.objectClasses).toEqual([]);
});
