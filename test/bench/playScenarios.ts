import path from 'node:path';
import { Engine, type EngineOptions } from '../engine/engine';

export interface Scenario<Subject, World> {
	title: string;
	/** @returns what is wrong */
	play(subject: Subject, world: World): Promise<string | undefined>;
}

/** An engine with our nodes and those of n8n. */
export const engineOf = async (host: string, more: EngineOptions = {}): Promise<Engine> =>
	await Engine.open({
		...{ from: host, packages: [path.join(host, 'node_modules', 'n8n-nodes-base')] },
		...more,
	});

/**
 * Plays every scenario with every subject.
 * @param within gives the next one what it is played in, and clears up after it
 */
export async function playScenarios<Subject extends { name: string }, World>(
	scenarios: ReadonlyArray<Scenario<Subject, World>>,
	subjects: Subject[],
	within: (play: (world: World) => Promise<void>) => Promise<void>,
) {
	const rows = [];
	for (const { title, play } of scenarios) {
		const verdicts: string[] = [];
		for (const subject of subjects) {
			console.error(`${title}: ${subject.name}`);
			await within(async (world) => {
				const wrong = await play(subject, world).catch(
					(error: unknown) => `cannot be played: ${String(error)}`,
				);
				verdicts.push(wrong ?? '');
			});
		}
		rows.push({ title, verdicts });
	}
	return { subjects: subjects.map(({ name }) => name), rows };
}
