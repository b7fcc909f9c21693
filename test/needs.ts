import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..');

/** Folder of third-party data that is not part of this repository; it may be absent. */
export const sharedData = path.resolve(root, '..', 'shared', 'data');

const present = (need: string) =>
	need.includes('/')
		? existsSync(path.resolve(root, need))
		: spawnSync('which', [need], { stdio: 'ignore' }).status === 0;

/**
 * `describe` for suites that need something from outside of npm: a program on the PATH ("radosgw")
 * or a path relative to the repository ("../shared/data/sigv4"). Where it is missing the suite is
 * reported as skipped under a name that says why; with REQUIRE_ALL=1 (continuous integration) a
 * missing one fails instead, so that nothing is skipped unseen.
 */
export function needs(...what: string[]): (name: string, suite: () => void) => void {
	const missing = what.filter((need) => !present(need));
	if (missing.length === 0) return describe;
	const because = `needs ${missing.join(', ')}`;
	if (process.env.REQUIRE_ALL === '1') {
		return (name) =>
			describe(name, () => {
				test(because, () => {
					throw new Error(`${because}: not found, and REQUIRE_ALL=1 forbids skipping`);
				});
			});
	}
	return (name, suite) => describe.skip(`${name} (${because})`, suite);
}
