import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { ScramHash } from '../../../nodes/Ldap/transport/scram';
import { Scram } from '../../../nodes/Ldap/transport/scram';

const account = { user: 'user', password: 'pencil' };

describe('the exchanges that the RFCs print', () => {
	test.each([
		[
			'RFC 5802 section 5',
			'sha1',
			'fyko+d2lbbFgONRv9qkxdawL',
			'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
			'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
			'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
			'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
		],
		[
			'RFC 7677 section 3',
			'sha256',
			'rOprNGfwEbeRWgbNEkqO',
			'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
			'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
			'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
			'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
		],
	] as const)('%s', async (_rfc, hash, nonce, first, serverFirst, final, serverFinal) => {
		const scram = new Scram(hash, account, nonce);
		expect(scram.first().toString()).toBe(first);
		expect((await scram.answer(Buffer.from(serverFirst))).toString()).toBe(final);
		expect(() => scram.verify(Buffer.from(serverFinal))).not.toThrow();
	});
});

/** A server after RFC 5802 section 3, written apart from the client. */
function serverFinal(
	hash: ScramHash,
	first: string,
	challenge: string,
	final: string,
	password: string,
) {
	const [, salt = '', count = ''] = /s=([^,]*),i=(\d+)/.exec(challenge) ?? [];
	const size = createHash(hash).digest().length;
	const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(count), size, hash);
	const message = `${first.replace(/^n,[^,]*,/, '')},${challenge},${final.replace(/,p=.*/, '')}`;
	const key = createHmac(hash, salted).update('Server Key').digest();
	return Buffer.from(`v=${createHmac(hash, key).update(message).digest('base64')}`);
}

test('names with commas and equals signs, and acting as somebody else', async () => {
	const dn = 'dn:cn=app,dc=example,dc=org';
	const scram = new Scram('sha512', { ...account, user: 'a=b,c', authorizationId: dn }, 'abc');
	expect(scram.first().toString()).toBe(
		'n,a=dn:cn=3Dapp=2Cdc=3Dexample=2Cdc=3Dorg,n=a=3Db=2Cc,r=abc',
	);
	const challenge = 'r=abcdef,s=c2FsdA==,i=4096';
	const final = (await scram.answer(Buffer.from(challenge))).toString();
	const [, header = ''] = /^c=([^,]*)/.exec(final) ?? [];
	expect(Buffer.from(header, 'base64').toString()).toBe(
		'n,a=dn:cn=3Dapp=2Cdc=3Dexample=2Cdc=3Dorg,',
	);
	const answer = serverFinal('sha512', scram.first().toString(), challenge, final, 'pencil');
	expect(() => scram.verify(answer)).not.toThrow();
});

test('each sign-in has a nonce of its own', () => {
	const nonces = Array.from({ length: 20 }, () => new Scram('sha1', account).first().toString());
	expect(new Set(nonces).size).toBe(20);
	for (const first of nonces) expect(first).toMatch(/^n,,n=user,r=[\x21-\x2b\x2d-\x7e]{20,}$/);
});

describe('a server that does not keep to the rules is refused', () => {
	test.each([
		['the nonce of somebody else', 'r=xyzabc,s=c2FsdA==,i=4096', /another sign-in/],
		['our nonce alone', 'r=abc,s=c2FsdA==,i=4096', /another sign-in/],
		['too few iterations', 'r=abcdef,s=c2FsdA==,i=4095', /4095 iterations/],
		['iterations for hours', 'r=abcdef,s=c2FsdA==,i=1000001', /1000001 iterations/],
		['no number of iterations', 'r=abcdef,s=c2FsdA==,i=many', /not one of SCRAM/],
		['a number without end', `r=abcdef,s=c2FsdA==,i=${'9'.repeat(400)}`, /not one of SCRAM/],
		['an extension that must be understood', 'm=x,r=abcdef,s=c2FsdA==,i=4096', /not one of SCRAM/],
		['no salt', 'r=abcdef,s=,i=4096', /not one of SCRAM/],
		['nothing', '', /not one of SCRAM/],
		['an error', 'e=unknown-user', /not one of SCRAM/],
	])('%s', async (_what, challenge, message) => {
		const scram = new Scram('sha256', account, 'abc');
		await expect(scram.answer(Buffer.from(challenge))).rejects.toMatchObject({
			kind: 'auth',
			code: 'SCRAM_PROTOCOL',
			message: expect.stringMatching(message),
		});
	});

	test('whoever does not know the password, though it lets everybody in', async () => {
		const scram = new Scram('sha256', account, 'abc');
		const challenge = 'r=abcdef,s=c2FsdA==,i=4096';
		const final = (await scram.answer(Buffer.from(challenge))).toString();
		const first = scram.first().toString();
		const wrong = serverFinal('sha256', first, challenge, final, 'another');
		for (const answer of [
			wrong,
			Buffer.from('v='),
			Buffer.from('v=AAAA'),
			Buffer.alloc(0),
			undefined,
		])
			expect(() => scram.verify(answer)).toThrow(
				expect.objectContaining({ kind: 'auth', code: 'SERVER_NOT_PROVEN' }),
			);
		expect(() => scram.verify(Buffer.from('e=invalid-proof'))).toThrow(/invalid-proof/);
	});

	test('before the exchange has come that far', () => {
		expect(() => new Scram('sha1', account).verify(Buffer.from('v='))).toThrow(/did not prove/);
	});
});
