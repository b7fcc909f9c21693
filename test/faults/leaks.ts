import { inspect } from 'node:util';

// A piece of a secret is a secret: whoever cuts a text to length must not cut a secret in two.
const PIECE = 16;

/** All that can be read from a value: hidden properties, stacks, causes, class instances. */
export const everythingIn = (value: unknown): string =>
	inspect(value, {
		depth: null,
		showHidden: true,
		maxArrayLength: null,
		maxStringLength: null,
		breakLength: Infinity,
	});

/** The forms in which a secret could be written down. */
const formsOf = (secret: string) => [
	secret,
	encodeURIComponent(secret),
	JSON.stringify(secret).slice(1, -1),
	Buffer.from(secret).toString('base64'),
];

/** The names of those secrets of which 16 characters or more stand in the text, in any form. */
export function leaksIn(text: string, secrets: Record<string, string>): string[] {
	return Object.entries(secrets).flatMap(([name, secret]) => {
		for (const form of formsOf(secret)) {
			// The first and last lines of a key are the same in every key.
			const body = form.replace(/-----[A-Z ]+-----(\\n|\n)?/g, '');
			for (let at = 0; at + PIECE <= body.length; at++)
				if (text.includes(body.slice(at, at + PIECE))) return [name];
		}
		return [];
	});
}

/** What is printed while `work` runs, by whoever. */
export async function printedBy<T>(work: () => Promise<T>): Promise<{ value: T; printed: string }> {
	let printed = '';
	const { stdout, stderr } = process;
	const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
	const kept = methods.map((name) => console[name]);
	const writes = [stdout, stderr].map((stream) => stream.write);
	const take = (...parts: unknown[]) => {
		printed += parts
			.map((part) => (typeof part === 'string' ? part : everythingIn(part)))
			.join(' ');
		return true;
	};
	for (const name of methods) console[name] = take;
	for (const stream of [stdout, stderr]) stream.write = take;
	try {
		return { value: await work(), printed };
	} finally {
		methods.forEach((name, at) => {
			const method = kept[at];
			if (method) console[name] = method;
		});
		[stdout, stderr].forEach((stream, at) => {
			const write = writes[at];
			if (write) stream.write = write;
		});
	}
}
