import { decodeUrl, encodeKey, encodeQuery } from '../../../nodes/S3/transport/encode';

// The UriEncode of the specification, byte by byte.
const uriEncode = (text: string, kept: RegExp) =>
	[...Buffer.from(text)]
		.map((byte) => {
			const character = String.fromCharCode(byte);
			return kept.test(character)
				? character
				: `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
		})
		.join('');

describe('encodeKey', () => {
	test.each([
		['test$file.text', 'test%24file.text'], // Amazon's PUT object example
		['my folder/a+b.txt', 'my%20folder/a%2Bb.txt'],
		["!'()*", '%21%27%28%29%2A'],
		['-._~', '-._~'],
		['../a//b/./c/', '../a//b/./c/'],
		['%41%2F', '%2541%252F'],
		['a?b#c&d=e', 'a%3Fb%23c%26d%3De'],
		['tab\tnewline\nnull\0', 'tab%09newline%0Anull%00'],
		['back\\slash', 'back%5Cslash'],
		['日本語/😀', '%E6%97%A5%E6%9C%AC%E8%AA%9E/%F0%9F%98%80'],
		['e\u0301 and \u00e9', 'e%CC%81%20and%20%C3%A9'],
		['', ''],
	])('%j becomes %s', (key, encoded) => {
		expect(encodeKey(key)).toBe(encoded);
	});

	test('agrees with the specification on every character up to U+2FFF', () => {
		const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
		expect(encodeKey(all)).toBe(uriEncode(all, /[A-Za-z0-9._~/-]/));
	});

	test.each([
		['half\ud83d', /U\+D83D at position 5/],
		['\ude00rest', /U\+DE00 at position 1/],
	])('%j is refused, with the place of the broken character', (key, message) => {
		expect(() => encodeKey(key)).toThrow(TypeError);
		expect(() => encodeKey(key)).toThrow(message);
	});
});

describe('encodeQuery', () => {
	test('sorts by name and then by value, as bytes', () => {
		const query = encodeQuery([
			['prefix', 'J'],
			['max-keys', 2],
			['a', '2'],
			['a', '10'],
			['B', ''],
			['a-b', 'x'],
			['é', 'x'],
		]);
		expect(query).toBe('%C3%A9=x&B=&a=10&a=2&a-b=x&max-keys=2&prefix=J');
	});

	test('a sub-resource has an equals sign and no value', () => {
		expect(encodeQuery([['uploads', '']])).toBe('uploads=');
	});

	test('slash, space, plus, equals and ampersand in a value are encoded', () => {
		expect(encodeQuery([['prefix', 'a/b c+d=e&f']])).toBe('prefix=a%2Fb%20c%2Bd%3De%26f');
	});

	test('what is undefined is not sent', () => {
		const pairs = [
			['versionId', undefined],
			['x', 0],
		] as const;
		expect(encodeQuery(pairs)).toBe('x=0');
	});

	test('a broken character is reported under the name of its parameter', () => {
		expect(() => encodeQuery([['prefix', 'x\ud800']])).toThrow(/"prefix".*U\+D800/);
	});
});

describe('decodeUrl', () => {
	// Stored key and what encoding-type=url answers: Amazon S3 (ap-northeast-2, 2026) and Ceph 16.
	test.each([
		['Amazon', 'a+b.txt', 'a b.txt'],
		['Amazon', 'a%2Bb.txt', 'a+b.txt'],
		['Amazon', '100%25.csv', '100%.csv'],
		['Amazon', '%ED%95%9C%EA%B8%80/x.txt', '한글/x.txt'],
		['Ceph', 'a%20b.txt', 'a b.txt'],
		['Ceph', 'ctl%01.txt', 'ctl\u0001.txt'],
	])('%s: %s is %j', (_server, sent, key) => {
		expect(decodeUrl(sent)).toBe(key);
	});

	test.each(['100%', '%zz', '%FF'])('%s is refused instead of guessed', (sent) => {
		expect(() => decodeUrl(sent)).toThrow(TypeError);
		expect(() => decodeUrl(sent)).toThrow(sent);
	});
});
