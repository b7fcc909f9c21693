import type { Clock } from '../ground/clock';
import type { Failure } from '../resilience/failure';
import { isPassing, toFailure } from '../resilience/failure';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
// A server that is restarted is no failure anybody has to hear of.
const QUIET_MS = 30_000;

/** Failures in a row: how long to wait after them, and when somebody has to hear of them. */
export class Outage {
	private failures = 0;
	private reported = false;
	private last: Failure | undefined;
	private cancel: (() => void) | undefined;

	constructor(
		private readonly clock: Clock,
		private readonly report: (failure: Failure) => void,
	) {}

	get pauseMs(): number {
		return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, this.failures - 1), LONGEST_PAUSE_MS);
	}

	/** One report for an outage, however long it takes, and none for what passes by itself soon. */
	failed(error: unknown): void {
		this.failures++;
		this.last = toFailure(error);
		if (!isPassing(this.last)) this.tell();
		else this.cancel ??= this.clock.timer(QUIET_MS, () => this.tell());
	}

	/** It works at the moment. */
	passed(): void {
		this.cancel?.();
		this.cancel = undefined;
	}

	/** It has worked for so long that the next failure is the first one. */
	ended(): void {
		this.passed();
		this.failures = 0;
		this.reported = false;
	}

	private tell(): void {
		if (this.reported || !this.last) return;
		this.reported = true;
		this.report(this.last);
	}
}
