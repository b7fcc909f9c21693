export interface Job {
	/** Takes each line that is meant for people. */
	log: (line: string) => void;
	/** Ends what is going on. */
	signal?: AbortSignal;
}

export function withoutNpmScript(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
export function npmCommand(env?: NodeJS.ProcessEnv): string[];
export function duration(ms: number): string;
export function step(
	title: string,
	command: string[],
	options: Job & { cwd?: string; progress?: () => string | undefined },
): Promise<string>;
