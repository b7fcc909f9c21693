import { run, type Outcome } from './program.ts';
import { keysOf } from './sdk.ts';
import type { Toolbench } from './toolbench.ts';

/** aws-cli with the keys of the sandbox, one attempt a call. */
export function awsCli(bench: Toolbench) {
	return async (args: string[], change: Record<string, string> = {}): Promise<Outcome> =>
		await run('aws', ['--endpoint-url', bench.sandbox.endpoint, ...args], {
			AWS_ACCESS_KEY_ID: keysOf(bench.sandbox).accessKeyId,
			AWS_SECRET_ACCESS_KEY: keysOf(bench.sandbox).secretAccessKey,
			AWS_DEFAULT_REGION: 'us-east-1',
			AWS_EC2_METADATA_DISABLED: 'true',
			AWS_MAX_ATTEMPTS: '1',
			HOME: bench.folder,
			...change,
		});
}

/** The error code that aws-cli reports. */
export function reported({ output }: Outcome): string {
	return /An error occurred \((\w+)\)/.exec(output)?.[1] ?? output;
}
