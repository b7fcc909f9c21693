/**
 * Gives each page only when the one after it is there: for listings that go on from the last entry
 * of a page, where this entry must not be deleted before.
 */
export async function* oneBehind<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
	const held: Page[] = [];
	for await (const page of pages) {
		held.push(page);
		if (held.length > 1) yield* held.splice(0, 1);
	}
	yield* held;
}
