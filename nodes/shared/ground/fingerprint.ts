import { createHash } from 'node:crypto';
import { hasJsonForm } from './jsonForm';

/**
 * SHA-256 (hex) of a JSON-like value that does not depend on the order of object keys.
 * `undefined` members are left out, as JSON.stringify does. A value that contains itself throws.
 */
export function fingerprint(value: unknown): string {
	return createHash('sha256').update(canonical(value, new Set())).digest('hex');
}

function canonical(value: unknown, above: Set<object>): string {
	if (typeof value === 'bigint') return `${value}n`;
	if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
	if (above.has(value)) throw new TypeError('A value that contains itself has no fingerprint');
	above.add(value);
	const text = Array.isArray(value)
		? `[${value.map((member) => canonical(member, above)).join()}]`
		: hasJsonForm(value)
			? canonical(value.toJSON(), above)
			: `{${Object.entries(value)
					.filter(([, member]) => member !== undefined)
					.sort(([a], [b]) => (a < b ? -1 : 1))
					.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member, above)}`)
					.join()}}`;
	above.delete(value);
	return text;
}
