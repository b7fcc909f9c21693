/** One mistake, and one more for every four letters. */
const tolerance = (word: string): number => 1 + Math.floor(word.length / 4);

/**
 * The name that somebody may have meant, without regard to case.
 * @returns undefined where none is like it
 */
export const nearest = (word: string, names: Iterable<string>): string | undefined =>
	nearestFew(word, names, 1)[0];

/** The names that somebody may have meant, the likest first. */
export function nearestFew(word: string, names: Iterable<string>, most: number): string[] {
	const wanted = word.toLowerCase();
	const farthest = tolerance(word);
	const found: Array<{ name: string; distance: number }> = [];
	for (const name of names) {
		if (Math.abs(name.length - wanted.length) > farthest) continue;
		const distance = distanceOf(wanted, name.toLowerCase());
		if (distance <= farthest) found.push({ name, distance });
	}
	return found
		.sort((a, b) => a.distance - b.distance)
		.slice(0, most)
		.map(({ name }) => name);
}

/** How many letters are to be put in, taken out or changed (Levenshtein). */
function distanceOf(a: string, b: string): number {
	let above = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let row = 1; row <= a.length; row++) {
		const line = [row];
		for (let column = 1; column <= b.length; column++) {
			const changed = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
			line.push(Math.min(changed, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1));
		}
		above = line;
	}
	return above[b.length] ?? 0;
}
