import { BerReader, FilterParser } from 'ldapts';
import { parseFilter, formatFilter } from '../../../nodes/Ldap/transport/filterText';
import { encodeFilter } from '../../../nodes/Ldap/transport/filterBer';
import { invalid } from '../failures';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const encoded = (text: string) => encodeFilter(parseFilter(text)).toString('hex');

// https://www.rfc-editor.org/rfc/rfc4515 section 4, all of its examples. The octets are what
// ldapsearch 2.5.13 sends for them.
const RFC_4515: Array<[text: string, octets: string]> = [
	['(cn=Babs Jensen)', 'a3110402636e040b42616273204a656e73656e'],
	['(!(cn=Tim Howes))', 'a211a30f0402636e040954696d20486f776573'],
	[
		'(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))',
		'a037a315040b6f626a656374436c6173730406506572736f6ea11ea30c0402736e04064a656e73656ea40e0402636e3008800642616273204a',
	],
	['(o=univ*of*mich*)', 'a41504016f30108004756e697681026f6681046d696368'],
	['(seeAlso=)', 'a30b0407736565416c736f0400'],
	[
		'(cn:caseExactMatch:=Fred Flintstone)',
		'a925810e6361736545786163744d617463688202636e830f4672656420466c696e7473746f6e65',
	],
	['(cn:=Betty Rubble)', 'a9128202636e830c426574747920527562626c65'],
	[
		'(sn:dn:2.4.6.8.10:=Barney Rubble)',
		'a922810a322e342e362e382e31308202736e830d4261726e657920527562626c658401ff',
	],
	['(o:dn:=Ace Industry)', 'a91482016f830c41636520496e6475737472798401ff'],
	['(:1.2.3:=Wilma Flintstone)', 'a9198105312e322e33831057696c6d6120466c696e7473746f6e65'],
	['(:DN:2.4.6.8.10:=Dino)', 'a915810a322e342e362e382e3130830444696e6f8401ff'],
	[
		'(o=Parens R Us \\28for all your parenthetical needs\\29)',
		'a33304016f042e506172656e7320522055732028666f7220616c6c20796f757220706172656e746865746963616c206e6565647329',
	],
	['(cn=*\\2A*)', 'a4090402636e300381012a'],
	['(filename=C:\\5cMyFile)', 'a315040866696c656e616d650409433a5c4d7946696c65'],
	['(bin=\\00\\00\\00\\04)', 'a30b040362696e040400000004'],
	['(sn=Lu\\c4\\8di\\c4\\87)', 'a30d0402736e04074c75c48d69c487'],
	[
		'(1.3.6.1.4.1.1466.0=\\04\\02\\48\\69)',
		'a31a0412312e332e362e312e342e312e313436362e30040404024869',
	],
];

// What ldapsearch 2.5.13 sends for these.
const OTHERS: Array<[text: string, octets: string]> = [
	['(&)', 'a000'], // RFC 4526
	['(|)', 'a100'],
	['(!(|))', 'a202a100'],
	['(cn;lang-de=x)', 'a30f040a636e3b6c616e672d6465040178'],
	['(userCertificate;binary=*)', '87167573657243657274696669636174653b62696e617279'],
	['(& (a=b)  (c=d) )', 'a010a306040161040162a306040163040164'],
	['( cn=x)', 'a3070402636e040178'],
	['cn=x', 'a3070402636e040178'],
	['(a>=1)', 'a506040161040131'],
	['(a<=1)', 'a606040161040131'],
	['(a~=x)', 'a806040161040178'],
	['(objectGUID=\\f3\\cc\\00\\ff*)', 'a414040a6f626a6563744755494430068004f3cc00ff'],
	['(cn=a\\2ab\\5c\\28)', 'a30b0402636e0405612a625c28'],
	['(cn=Žluťoučký)', 'a3130402636e040dc5bd6c75c5a56f75c48d6bc3bd'],
	['(cn=*a*b)', 'a40c0402636e3006810161820162'],
	['(cn= lead)', 'a30b0402636e0405206c656164'],
];

test.each(RFC_4515)('RFC 4515: %s', (text, octets) => {
	expect(encoded(text)).toBe(octets);
});

test.each(OTHERS)('%s', (text, octets) => {
	expect(encoded(text)).toBe(octets);
});

test.each([...RFC_4515, ...OTHERS])('%s is the same filter when formatted', (text, octets) => {
	const formatted = formatFilter(parseFilter(text));
	expect(encoded(formatted)).toBe(octets);
	expect(formatFilter(parseFilter(formatted))).toBe(formatted);
});

test('lengths of 128, 256 and 65,536 bytes and more', () => {
	for (const length of [127, 128, 255, 256, 65_535, 65_536, 300_000]) {
		const value = 'x'.repeat(length);
		const filter = FilterParser.parse(new BerReader(encodeFilter(parseFilter(`(!(cn=${value}))`))));
		expect(filter.toString()).toBe(`(!(cn=${value}))`);
	}
});

test('formatted text is readable, and bytes that are no text are escaped', () => {
	expect(formatFilter(parseFilter('(cn=Lu\\c4\\8di\\c4\\87\\2a\\00)'))).toBe('(cn=Lučić\\2a\\00)');
	expect(formatFilter(parseFilter('(objectGUID=\\41\\c4\\f3)'))).toBe('(objectGUID=A\\c4\\f3)');
});

test('spaces and line breaks may stand between filters, and stay what they are in values', () => {
	expect(parseFilter(' (&\n\t(a= b )\r\n\t( ! (c=d) ) )\n')).toEqual({
		type: 'and',
		filters: [
			{ type: 'equality', attribute: 'a', value: bytes(' b ') },
			{ type: 'not', filter: { type: 'equality', attribute: 'c', value: bytes('d') } },
		],
	});
});

test('not without parentheses, as Active Directory takes it', () => {
	expect(formatFilter(parseFilter('(&(!cn=x)(!objectClass=*))'))).toBe(
		'(&(!(cn=x))(!(objectClass=*)))',
	);
});

test.each<[text: string, at: number, what: RegExp]>([
	['(cn=x', 6, /a "\)" is missing/],
	['(cn=x))', 7, /a "\)" too many/],
	['(a=b)(c=d)', 6, /more after the end/],
	['&(a=b)(c=d)', 1, /in parentheses/],
	['(cn=a(b)', 6, /\\28/],
	['(cn=a*b**c)', 9, /two \*/],
	['(cn=**)', 6, /two \*/],
	['(cn>=a*)', 7, /\\2a/],
	['(cn:=a*)', 7, /\\2a/],
	['(cn=DOMAIN\\user)', 11, /two hexadecimal digits/],
	['(cn=ž\\4)', 6, /two hexadecimal digits/],
	['(cn=a\0b)', 6, /\\00/],
	['(cn)', 4, /a "=" is missing/],
	['(cn>5)', 5, /a "=" must follow/],
	['(cn !=x)', 2, /"cn !" is not the name/],
	['(cn =x)', 2, /"cn " is not the name/],
	['(=x)', 2, /the name of an attribute is missing/],
	['(1..2=x)', 2, /"1\.\.2" is not the name/],
	['(:=x)', 3, /an attribute or a matching rule/],
	['(:dn:=x)', 6, /an attribute or a matching rule/],
	['(cn:a:b:=x)', 9, /at most :dn and one matching rule/],
	['(cn:dn)', 7, /a ":=" is missing/],
	['(&(a=b)x)', 8, /a "\)" must stand here/],
	['(!(a=b)(c=d))', 8, /a "\)" must stand here/],
	['(!)', 3, /a "=" is missing/],
	['()', 2, /a "=" is missing/],
	['((a=b))', 2, /a "=" is missing/],
])('%j is refused: character %i', (text, at, what) => {
	const { message } = invalid(() => parseFilter(text));
	expect(message).toMatch(new RegExp(`^The filter is wrong at character ${at} \\(`));
	expect(message).toMatch(what);
});

test.each(['', '  \n'])('%j is an empty filter', (text) => {
	expect(invalid(() => parseFilter(text)).message).toBe('The filter is empty');
});

describe('values put into the text', () => {
	const values = (entries: Record<string, string>) =>
		new Map(Object.entries(entries).map(([name, value]) => [name, Buffer.from(value)]));

	test('stay one value whatever is in them', () => {
		const uid = '*)(uid=*))(|(uid=*\\2a{mail}\0';
		expect(parseFilter('(&(uid={uid})(mail=*{mail}))', values({ uid, mail: '@x' }))).toEqual({
			type: 'and',
			filters: [
				{ type: 'equality', attribute: 'uid', value: Buffer.from(uid) },
				{ type: 'substrings', attribute: 'mail', any: [], final: Buffer.from('@x') },
			],
		});
	});

	test('are bytes', () => {
		const guid = Buffer.from('00ff802a', 'hex');
		expect(parseFilter('(objectGUID={id})', new Map([['id', guid]]))).toMatchObject({
			value: guid,
		});
	});

	test('an empty one does not widen the search', () => {
		for (const text of ['(uid={uid}*)', '(uid=*{uid})', '(uid=*{uid}*)', '(uid=a*{uid})']) {
			expect(invalid(() => parseFilter(text, values({ uid: '' }))).message).toMatch(/is empty$/);
		}
		expect(parseFilter('(uid={uid})', values({ uid: '' }))).toMatchObject({ type: 'equality' });
	});

	test('a name nobody gave is an error, and so is a value without a place', () => {
		const wrong = invalid(() => parseFilter('(uid={uId})', values({ uid: 'a' })));
		expect(wrong.message).toMatch(/character 6 .* no value called "uId"/);
		expect(wrong.hint).toMatch(/\{uid\}/);
		const unused = invalid(() => parseFilter('(uid={uid})', values({ uid: 'a', ou: 'b' })));
		expect(unused.message).toBe('The filter has no place for the value "ou"');
	});

	test('do not stand for attributes', () => {
		expect(invalid(() => parseFilter('({a}=x)', values({ a: 'cn' }))).hint).toMatch(
			/after the operator/,
		);
	});

	test('braces are ordinary characters without values, when they name nothing and when escaped', () => {
		expect(parseFilter('(userPassword={SSHA}x)')).toMatchObject({ value: bytes('{SSHA}x') });
		expect(parseFilter('(a={ {x}\\7bx})', values({ x: '1' }))).toMatchObject({
			value: bytes('{ 1{x}'),
		});
	});
});
