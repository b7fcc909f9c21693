import { createHash } from 'node:crypto';
import { growingRedactor, REDACTED, redactor } from '../../../nodes/shared/ground/redact';

const SECRET = `p+Ss/w0rd "ünd" & (more)*!~\n<x>\\`;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const percent = (text: string) =>
	[...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** How a secret looks in the places it is sent to and reported from. */
const FORMS: Array<[string, string]> = [
	['as it is', SECRET],
	['percent-encoded', encodeURIComponent(SECRET)],
	[
		'percent-encoded as RFC 3986 has it',
		encodeURIComponent(SECRET).replace(/[!'()*]/g, (sign) => percent(sign).toUpperCase()),
	],
	[
		'percent-encoded with small letters',
		encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase()),
	],
	['in a form', new URLSearchParams({ '': SECRET }).toString().slice(1)],
	['in JSON', JSON.stringify(SECRET).slice(1, -1)],
	['in JSON in JSON', JSON.stringify(JSON.stringify(SECRET).slice(1, -1)).slice(1, -1)],
	['base64', base64(SECRET)],
	['base64 without padding', base64(SECRET).replace(/=+$/, '')],
	['base64url', Buffer.from(SECRET).toString('base64url')],
	['in XML', SECRET.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')],
	[
		'in an XML attribute',
		SECRET.replace(/&/g, '&amp;')
			.replace(/</g, '&lt;')
			.replace(/>/g, '&gt;')
			.replace(/"/g, '&quot;'),
	],
];

test.each(FORMS)('a secret %s', (_form, shown) => {
	const { text, value } = redactor([SECRET]);
	expect(text(`before ${shown} after`)).toBe(`before ${REDACTED} after`);
	expect(value({ deep: [{ [shown]: `x${shown}${shown}` }] })).toEqual({
		deep: [{ [REDACTED]: `x${REDACTED}${REDACTED}` }],
	});
});

test.each(['', 'u', 'us', 'use', 'user', 'user.name@example'])(
	'behind the user name %j in Basic authentication',
	(user) => {
		const { text } = redactor([SECRET]);
		const secret = Buffer.from(SECRET);
		const sent = base64(`${user}:${SECRET}`);
		const clean = text(`Authorization: Basic ${sent}`);
		expect(clean).toContain(REDACTED);
		// What is left of it says nothing of the secret but a letter at either end.
		const left = clean.replace(/^Authorization: Basic /, '').split(REDACTED);
		const known = left.map((part) => Buffer.from(part, 'base64').toString('latin1')).join('');
		expect(known.length).toBeLessThanOrEqual(user.length + 1 + 4);
		expect(clean).not.toContain(secret.toString('base64').slice(4, 12));
	},
);

test('of two secrets, one inside the other, no piece is left', () => {
	const { text } = redactor(['secret-one', 'secret-one-and-a-tail']);
	expect(text('a secret-one-and-a-tail b secret-one c')).toBe(`a ${REDACTED} b ${REDACTED} c`);
});

test('what is absent or too short to be a secret tears no holes', () => {
	const { text, value } = redactor([undefined, '', 'a', 'admin']);
	expect(text('admin has a bag')).toBe('admin has a bag');
	const same = { a: ['admin'] };
	expect(value(same)).toEqual({ a: ['admin'] });
});

test('a secret of an item is removed where it is a whole value, also a short one, and as a number', () => {
	const { redact, learn, learnOfItem } = growingRedactor();
	learn(['12345678', 'admin']);
	learnOfItem(['1234', '']);
	const item = {
		pin: '1234',
		number: 1234,
		long: 12345678,
		text: 'room 1234',
		none: '',
		a: 'admin',
	};
	expect(redact.value(item)).toEqual({
		...{ pin: REDACTED, number: REDACTED, long: REDACTED },
		...{ text: 'room 1234', none: '', a: 'admin' },
	});
});

test('a secret that is not well-formed Unicode is removed and does not break the run', () => {
	const { text } = redactor(['broken\ud800secret']);
	expect(text('x broken\ud800secret y')).toBe(`x ${REDACTED} y`);
});

test('the shape of values stays: numbers, dates, empty values, files', () => {
	const { value } = redactor([SECRET]);
	const when = new Date('2026-02-03T04:05:06.789Z');
	const bytes = Buffer.from('unchanged');
	const input = { n: 1, no: false, nothing: null, list: [], when, bytes, text: 'x' };
	const output = value(input);
	expect(output.bytes).toBe(bytes);
	// As n8n would show it, and as it comes back when the record is fed in again.
	expect(JSON.parse(JSON.stringify(output))).toEqual(JSON.parse(JSON.stringify(input)));
});

test('objects that turn themselves into JSON are looked into', () => {
	const { value } = redactor([SECRET]);
	expect(value({ odd: { toJSON: () => ({ token: SECRET }) } })).toEqual({
		odd: { token: REDACTED },
	});
});

test('the input is left as it was, and a loop is not followed for ever', () => {
	const { value } = redactor([SECRET]);
	const input: Record<string, unknown> = { token: SECRET, __proto__x: 1 };
	input.self = input;
	expect(value(input)).toMatchObject({ token: REDACTED, self: '[circular]' });
	expect(input.token).toBe(SECRET);
});

test('a member named __proto__ neither escapes nor pollutes', () => {
	const { value } = redactor([SECRET]);
	const output = value(JSON.parse(`{"__proto__": {"token": ${JSON.stringify(SECRET)}}}`) as object);
	expect(JSON.stringify(output)).toBe(`{"__proto__":{"token":"${REDACTED}"}}`);
	expect(Object.getPrototypeOf(output)).toBe(Object.prototype);
});

test('large values are cleaned in reasonable time', () => {
	const { value } = redactor([SECRET, createHash('sha256').update('k').digest('hex')]);
	const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `row ${id} of many` }));
	const started = performance.now();
	value(rows);
	expect(performance.now() - started).toBeLessThan(2_000);
});

test('a redactor that learns takes out what it is told of later, in the same object', () => {
	const { redact, learn } = growingRedactor();
	expect(redact.text('first-secret second-secret')).toBe('first-secret second-secret');
	learn(['first-secret', undefined]);
	expect(redact.text('first-secret second-secret')).toBe(`${REDACTED} second-secret`);
	learn(['second-secret']);
	expect(redact.value({ a: ['first-secret', 'second-secret'] })).toEqual({
		a: [REDACTED, REDACTED],
	});
});
