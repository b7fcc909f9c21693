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
 * percent-encoded, base64-encoded and inside JSON.
 */
export function redactor(secrets: Iterable<string | undefined>): Redact {
	const forms = new Set<string>();
	for (const secret of secrets) {
		if (!secret || secret.length < SHORTEST_SECRET) continue;
		forms.add(secret);
		forms.add(encodeURIComponent(secret));
		forms.add(JSON.stringify(secret).slice(1, -1));
		forms.add(Buffer.from(secret).toString('base64'));
	}
	// Longest first: a secret that contains another one must not leave its tail behind.
	const ordered = [...forms].sort((a, b) => b.length - a.length);
	const text = (from: string) =>
		ordered.reduce((result, secret) => result.replaceAll(secret, REDACTED), from);
	const inside = (value: unknown, above: Set<object>): unknown => {
		if (typeof value === 'string') return text(value);
		if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value;
		if (above.has(value)) return '[circular]';
		above.add(value);
		const clean = Array.isArray(value)
			? value.map((member) => inside(member, above))
			: Object.fromEntries(
					Object.entries(value).map(([name, member]) => [text(name), inside(member, above)]),
				);
		above.delete(value);
		return clean;
	};
	return {
		text,
		value: <T>(value: T) => (ordered.length === 0 ? value : (inside(value, new Set()) as T)),
	};
}
