import { saslPrep } from '../../../nodes/Ldap/transport/saslPrep';

const prep = (text: string) => saslPrep(text, 'Password');

describe('the examples of RFC 4013 section 3', () => {
	test.each([
		['I\u00adX', 'IX'],
		['user', 'user'],
		['USER', 'USER'],
		['\u00aa', 'a'],
		['\u2168', 'IX'],
	])('%j becomes %j', (text, prepared) => {
		expect(prep(text)).toBe(prepared);
	});

	test.each([
		['\u0007', /must not have/],
		['\u0627\u0031', /right to left/],
	])('%j is refused', (text, message) => {
		expect(() => prep(text)).toThrow(
			expect.objectContaining({
				kind: 'invalid',
				phase: 'notSent',
				message: expect.stringMatching(message),
			}),
		);
	});
});

test.each([
	['a\u00a0b\u3000c', 'a b c'],
	['\u0627\u0031\u0628', '\u0627\u0031\u0628'],
	['Lučić', 'Lučić'],
	['u\u0308', 'ü'],
	['x\u200dy', 'xy'],
	['🔑', '🔑'],
	['', ''],
])('%j becomes %j', (text, prepared) => {
	expect(prep(text)).toBe(prepared);
});

test.each([
	'\u0000',
	'a\u0085',
	'\ue000',
	'\ufffe',
	'\ud800',
	'\ufffd',
	'\u2ff0',
	'\u200e',
	'\u{e0041}',
	'\u0627a',
])('%j is prohibited, and not repeated in the error', (text) => {
	let thrown: unknown;
	try {
		prep(`geheim${text}`);
	} catch (error) {
		thrown = error;
	}
	expect(thrown).toMatchObject({ kind: 'invalid' });
	expect(String(thrown)).toContain('"Password"');
	expect(String(thrown)).not.toContain('geheim');
});
