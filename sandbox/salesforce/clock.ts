/** The clock of the org, which need not agree with that of this machine. */
export class OrgClock {
	/** Added to the time of this machine, in milliseconds. */
	offsetMs = 0;
	private readonly host: () => number;

	/** @param host the time of this machine in milliseconds */
	constructor(host: () => number = Date.now) {
		this.host = host;
	}

	/** Milliseconds since 1970. */
	now(): number {
		return this.host() + this.offsetMs;
	}

	/** Now as records carry it: whole seconds. */
	stamp(): string {
		return stampOf(Math.floor(this.now() / 1000) * 1000);
	}
}

/** A time the way Salesforce writes it: 2026-11-26T03:22:38.000+0000 */
export function stampOf(ms: number): string {
	return new Date(ms).toISOString().replace('Z', '+0000');
}
