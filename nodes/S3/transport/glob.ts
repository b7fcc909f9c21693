import type * as Picomatch from '../../../vendor/picomatch';

// Keys are the same on every system, and an exclamation mark is a character like others.
const OPTIONS = { dot: true, nonegate: true, windows: false };

/**
 * Whether a key matches one of the patterns, as shells match paths: `*` stays within a folder, `**`
 * crosses folders, `{a,b}` chooses. Keys that begin with a dot are keys like all others. A pattern
 * without a slash is about the last part of the key, as in .gitignore.
 * https://github.com/micromatch/picomatch#globbing-features
 */
export function globMatcher(patterns: string[]): (key: string) => boolean {
	// Required here so that loading the node does not load the library.
	const { picomatch }: typeof Picomatch = require('../../../vendor/picomatch');
	const matchers = patterns.map((pattern) =>
		picomatch(pattern.includes('/') ? pattern : `**/${pattern}`, OPTIONS),
	);
	return (key) => matchers.some((matches) => matches(key));
}

/** Patterns as people write them into one field: one a line, or separated by commas. */
export const patternsOf = (text: string): string[] =>
	text
		// A comma inside of braces belongs to the pattern.
		.split(/\n|,(?![^{]*\})/)
		.map((pattern) => pattern.trim())
		.filter(Boolean);
