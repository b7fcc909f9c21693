import { hasJsonForm } from './jsonForm';

/** Stands where a secret was. */
export const REDACTED = '[redacted]';

// Below this length a "secret" is more likely a test value or an empty field, and replacing it
// would tear holes into ordinary words.
const SHORTEST_SECRET = 6;

/** A function that replaces the secrets it knows in texts and, recursively, in JSON-like values. */
export interface Redact {
	text(text: string): string;
	value<T>(value: T): T;
}

/**
 * Removes the given secrets from anything that leaves the node: each as it is, and as it looks
 * inside a URL, a form, JSON, XML and base64 (also behind a user name, as in Basic authentication).
 * @param ofItems what items have as secrets: also a short one is removed where it is a whole value
 */
export function redactor(
	secrets: Iterable<string | undefined>,
	ofItems: Iterable<string> = [],
): Redact {
	const forms = new Set<string>();
	const wholes = new Set(ofItems);
	wholes.delete('');
	for (const secret of secrets) {
		if (!secret || secret.length < SHORTEST_SECRET) continue;
		wholes.add(secret);
		for (const form of formsOf(secret)) forms.add(form);
	}
	// Longest first: a secret that contains another one must not leave its tail behind.
	const ordered = [...forms].sort((a, b) => b.length - a.length);
	const text = (from: string) =>
		ordered.reduce((result, secret) => result.replaceAll(secret, REDACTED), from);
	const inside = (value: unknown, above: Set<object>): unknown => {
		if (typeof value === 'string') return wholes.has(value) ? REDACTED : text(value);
		// A password of digits may be a number in the item.
		if (typeof value === 'number') return wholes.has(String(value)) ? REDACTED : value;
		if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value;
		if (above.has(value)) return '[circular]';
		above.add(value);
		const clean = Array.isArray(value)
			? value.map((member) => inside(member, above))
			: hasJsonForm(value)
				? inside(value.toJSON(), above)
				: Object.fromEntries(
						Object.entries(value).map(([name, member]) => [text(name), inside(member, above)]),
					);
		above.delete(value);
		return clean;
	};
	return {
		text,
		value: <T>(value: T) => (wholes.size === 0 ? value : (inside(value, new Set()) as T)),
	};
}

/** A redactor that can be told of more secrets while it is in use, as the keys of a role come up. */
export function growingRedactor(): {
	redact: Redact;
	learn(secrets: Iterable<string | undefined>): void;
	learnOfItem(secrets: Iterable<string>): void;
} {
	const known = new Set<string | undefined>();
	const ofItems = new Set<string>();
	let current: Redact | undefined;
	const now = () => (current ??= redactor(new Set([...known, ...ofItems]), ofItems));
	return {
		redact: { text: (text) => now().text(text), value: (value) => now().value(value) },
		learn: (secrets) => {
			const before = known.size;
			for (const secret of secrets) known.add(secret);
			if (known.size > before) current = undefined;
		},
		learnOfItem: (secrets) => {
			const before = ofItems.size;
			for (const secret of secrets) ofItems.add(secret);
			if (ofItems.size > before) current = undefined;
		},
	};
}

function formsOf(secret: string): string[] {
	// A lone surrogate cannot be encoded.
	const percent = encodeURIComponent(secret.toWellFormed());
	// encodeURIComponent leaves five signs alone that RFC 3986 section 2.2 reserves.
	const strict = percent.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
	const form = new URLSearchParams({ '': secret }).toString().slice(1);
	const json = inJson(secret);
	const xml = secret.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
	return [
		secret,
		json,
		inJson(json),
		xml,
		xml.replace(/"/g, '&quot;'),
		...[percent, strict, form].flatMap((url) => [withHex(url, true), withHex(url, false)]),
		...base64Of(secret).flatMap((code) => [code, code.replace(/\+/g, '-').replace(/\//g, '_')]),
	];
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

/** Percent-encoding in capital or small letters; both are in use. */
const withHex = (url: string, capital: boolean) =>
	url.replace(/%../g, (code) => (capital ? code.toUpperCase() : code.toLowerCase()));

/**
 * Base64 looks different for each place modulo 3 at which the secret begins. Letters that carry
 * bits of a neighbour as well are left out, because they can be anything.
 */
function base64Of(secret: string): string[] {
	const bytes = Buffer.from(secret);
	const inTheMiddle = [0, 1, 2].map((before) =>
		Buffer.concat([Buffer.alloc(before), bytes])
			.toString('base64')
			.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6)),
	);
	const alone = bytes.toString('base64');
	return [alone, alone.replace(/=+$/, ''), ...inTheMiddle];
}
