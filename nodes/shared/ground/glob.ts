/** A part of the name space that holds all matches of a pattern. */
export interface GlobPlace {
	/** what all names there begin with */
	prefix: string;
	/** no match has a `/` after the prefix */
	shallow: boolean;
}

/** A compiled pattern for names in which `/` separates folders. */
export interface Glob {
	/** where matches can be, in order, without overlap */
	places: GlobPlace[];
	matches(name: string): boolean;
	/** The shortest beginning of the name that no match has; `undefined` if some match has it all. */
	deadEnd(name: string): string | undefined;
}

/** One step through a name. */
interface Step {
	accepts(character: string): boolean;
	/** the character itself, if it accepts no other one */
	literal?: string;
	/** accepts any number of characters, none as well */
	repeats?: boolean;
	/** it and so many of the steps after it may be left out */
	optional?: number;
}

const MOST_ALTERNATIVES = 1_000;

const anything: Step = { accepts: () => true, repeats: true };
const inFolder: Step = { accepts: (character) => character !== '/', repeats: true };
const oneInFolder: Step = { accepts: (character) => character !== '/' };
const exactly = (literal: string): Step => ({
	literal,
	accepts: (character) => character === literal,
});

/**
 * Compiles `*` and `?` (anything but `/`), `**` as a whole folder (any number of folders), `[a-z]`,
 * `[!a-z]`, `{a,b}`, `{1..12}` and `\` before a character that is meant as it is. Everything else
 * stands for itself: names are names and not paths, so `.`, `..`, `//` and line breaks have no meaning.
 *
 * Matching takes time in proportion to name and pattern, whatever they are; a regular expression
 * could take forever for names that somebody made for it.
 *
 * @throws RangeError when the braces have too many alternatives
 */
export function glob(pattern: string): Glob {
	const alternatives = alternativesOf(pattern).map(stepsOf);
	return {
		places: placesOf(alternatives),
		matches: (name) => alternatives.some((steps) => walk(steps, name) === 'match'),
		deadEnd: (name) => {
			let longest = 0;
			for (const steps of alternatives) {
				const end = walk(steps, name);
				if (typeof end === 'string') return undefined;
				longest = Math.max(longest, end);
			}
			return name.slice(0, longest);
		},
	};
}

/** Whether a name matches one of `include` (all, where there is none) and none of `exclude`. */
export function globFilter(include: string[], exclude: string[]): (name: string) => boolean {
	const wanted = include.map(glob);
	const unwanted = exclude.map(glob);
	return (name) =>
		(wanted.length === 0 || wanted.some(({ matches }) => matches(name))) &&
		!unwanted.some(({ matches }) => matches(name));
}

/** @returns the number of code units after which no way led on, if the name did not come through */
function walk(steps: Step[], name: string): 'match' | 'unfinished' | number {
	let active: number[] = [];
	enter(steps, 0, active);
	let at = 0;
	for (const character of name) {
		at += character.length;
		const next: number[] = [];
		for (const index of active) {
			const step = steps[index];
			if (!step?.accepts(character)) continue;
			enter(steps, step.repeats ? index : index + 1, next);
		}
		if (next.length === 0) return at;
		active = next;
	}
	return active.includes(steps.length) ? 'match' : 'unfinished';
}

/** Notes the step as reached, and those that can be reached from it without a character. */
function enter(steps: Step[], index: number, reached: number[]): void {
	if (reached.includes(index)) return;
	reached.push(index);
	const step = steps[index];
	if (step?.repeats) enter(steps, index + 1, reached);
	if (step?.optional) enter(steps, index + step.optional, reached);
}

function stepsOf(pattern: string): Step[] {
	const steps: Step[] = [];
	const characters = [...pattern];
	for (let at = 0; at < characters.length; at++) {
		const character = characters[at] ?? '';
		if (character === '*') {
			const after = characters.findIndex((other, index) => index > at && other !== '*');
			const end = after < 0 ? characters.length : after;
			const whole =
				(at === 0 || characters[at - 1] === '/') && (after < 0 || characters[end] === '/');
			const folders = whole && end - at > 1;
			if (folders && after < 0) steps.push(anything);
			else if (folders) steps.push({ ...anything, optional: 2 }, exactly('/'));
			// A name is not empty, so that "logs/*" does not match "logs/".
			else steps.push(...(whole ? [oneInFolder] : []), inFolder);
			at = folders ? end : end - 1;
		} else if (character === '?') {
			steps.push(oneInFolder);
		} else if (character === '[') {
			const set = setAt(characters, at);
			steps.push(set?.step ?? exactly('['));
			at = set?.end ?? at;
		} else {
			const escaped = character === '\\' && at + 1 < characters.length;
			steps.push(exactly(escaped ? (characters[++at] ?? '') : character));
		}
	}
	return steps;
}

function setAt(characters: string[], open: number): { step: Step; end: number } | undefined {
	const negated = characters[open + 1] === '!' || characters[open + 1] === '^';
	const ranges: Array<[from: string, to: string]> = [];
	const first = open + (negated ? 2 : 1);
	let at = first;
	const take = () => {
		if (characters[at] === '\\' && at + 1 < characters.length) at++;
		return characters[at++] ?? '';
	};
	while (at < characters.length && (characters[at] !== ']' || at === first)) {
		const from = take();
		const isRange =
			characters[at] === '-' && at + 1 < characters.length && characters[at + 1] !== ']';
		if (isRange) at++;
		ranges.push([from, isRange ? take() : from]);
	}
	if (at >= characters.length) return undefined;
	const codeOf = (character: string) => character.codePointAt(0) ?? 0;
	const codes = ranges.map(([from, to]) => [codeOf(from), codeOf(to)] as const);
	const has = (code: number) => codes.some(([from, to]) => code >= from && code <= to);
	const accepts = (character: string) => character !== '/' && has(codeOf(character)) !== negated;
	return { step: { accepts }, end: at };
}

/** Takes the braces apart: "{a,b}c" is "ac" and "bc". Those without a choice stand for themselves. */
function alternativesOf(pattern: string): string[] {
	for (let open = 0; open < pattern.length; open++) {
		if (pattern[open] === '\\') open++;
		else if (pattern[open] === '{') {
			const group = choicesAt(pattern, open);
			if (!group) continue;
			const [before, after] = [pattern.slice(0, open), pattern.slice(group.end + 1)];
			const all: string[] = [];
			for (const choice of group.choices) {
				all.push(...alternativesOf(before + choice + after));
				if (all.length > MOST_ALTERNATIVES) throw tooMany(pattern);
			}
			return all;
		}
	}
	return [pattern];
}

function choicesAt(pattern: string, open: number): { choices: string[]; end: number } | undefined {
	const choices: string[] = [];
	let from = open + 1;
	let depth = 0;
	for (let at = open; at < pattern.length; at++) {
		const character = pattern[at];
		if (character === '\\') at++;
		else if (character === '{') depth++;
		else if (character === ',' && depth === 1) {
			choices.push(pattern.slice(from, at));
			from = at + 1;
		} else if (character === '}' && --depth === 0) {
			const last = pattern.slice(from, at);
			const all = choices.length > 0 ? [...choices, last] : rangeOf(last, pattern);
			return all && { choices: all, end: at };
		}
	}
	return undefined;
}

/** "01..12" or "a..f", counted up. */
function rangeOf(text: string, pattern: string): string[] | undefined {
	const numbers = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text);
	const [, from = '', to = ''] = numbers ?? /^([a-zA-Z])\.\.([a-zA-Z])$/.exec(text) ?? [];
	if (!from) return undefined;
	const [a, b] = numbers ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)];
	const [low, high] = [Math.min(a, b), Math.max(a, b)];
	if (high - low >= MOST_ALTERNATIVES) throw tooMany(pattern);
	const padded = /^0\d/.test(from) || /^0\d/.test(to);
	const width = padded ? Math.max(from.length, to.length) : 0;
	return Array.from({ length: high - low + 1 }, (_, n) =>
		numbers ? String(low + n).padStart(width, '0') : String.fromCharCode(low + n),
	);
}

const tooMany = (pattern: string) =>
	new RangeError(
		`The braces of the pattern "${pattern}" have more than ${MOST_ALTERNATIVES} alternatives`,
	);

function placesOf(alternatives: Step[][]): GlobPlace[] {
	const split = alternatives.map((steps) => {
		const end = steps.findIndex(({ literal }) => literal === undefined);
		const fixed = end < 0 ? steps : steps.slice(0, end);
		const prefix = fixed.map(({ literal }) => literal).join('');
		return { prefix, deep: steps.slice(fixed.length).some((step) => step.accepts('/')) };
	});
	const prefixes = [...new Set(split.map(({ prefix }) => prefix))];
	const outermost = prefixes.filter(
		(prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)),
	);
	return outermost.sort(byBytes).map((prefix) => {
		const inside = split.filter((one) => one.prefix.startsWith(prefix));
		const shallow = inside.every(
			(one) => !one.deep && !one.prefix.slice(prefix.length).includes('/'),
		);
		return { prefix, shallow };
	});
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
