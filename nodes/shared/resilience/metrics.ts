/** Upper bounds of the latency histogram, in ms (Prometheus' default buckets). */
export const LATENCY_BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/** What happened to one operation of one system since the process started. No names, no secrets. */
export interface OperationMetrics {
	system: string;
	operation: string;
	/** calls that ended, good and bad, and attempts on the wire */
	calls: number;
	requests: number;
	retries: number;
	/** calls that failed in the end, by kind of failure */
	failures: Record<string, number>;
	/** calls per latency bound; the last one counts those above all bounds */
	latency: number[];
	latencySumMs: number;
}

/** Counters of the process; read by `snapshot()`, whoever exports them. */
export class Metrics {
	private readonly operations = new Map<string, OperationMetrics>();
	private openings = 0;

	of(system: string, operation: string): OperationMetrics {
		const name = `${system} ${operation}`;
		let metrics = this.operations.get(name);
		if (!metrics) {
			metrics = {
				system,
				operation,
				calls: 0,
				requests: 0,
				retries: 0,
				failures: {},
				latency: new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0),
				latencySumMs: 0,
			};
			this.operations.set(name, metrics);
		}
		return metrics;
	}

	ended(metrics: OperationMetrics, tookMs: number, failureKind?: string): void {
		metrics.calls++;
		metrics.latencySumMs += tookMs;
		let bucket = 0;
		while (tookMs > (LATENCY_BOUNDS_MS[bucket] ?? Infinity)) bucket++;
		metrics.latency[bucket] = (metrics.latency[bucket] ?? 0) + 1;
		if (failureKind) metrics.failures[failureKind] = (metrics.failures[failureKind] ?? 0) + 1;
	}

	gateOpened(): void {
		this.openings++;
	}

	snapshot(): { gateOpenings: number; operations: OperationMetrics[] } {
		return {
			gateOpenings: this.openings,
			operations: structuredClone([...this.operations.values()]),
		};
	}
}
