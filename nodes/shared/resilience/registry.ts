import type { Clock } from '../ground/clock';
import { systemClock } from '../ground/clock';
import { Recent } from '../ground/recent';
import { Budget } from './budget';
import { Gate } from './gate';
import type { Limits } from './limiter';
import { Limiter } from './limiter';
import { Metrics } from './metrics';

/** What everything shares that talks to one system with one credential. */
export interface Scope {
	gate: Gate;
	budget: Budget;
	limiter: Limiter;
}

// A forgotten scope only loses what it had learned; a host with more live credentials than this
// per process is not known.
const MOST_SCOPES = 1_000;

/** States of all scopes of the process. */
export class Registry {
	readonly metrics = new Metrics();
	private readonly scopes = new Recent<Scope>(MOST_SCOPES);

	constructor(
		private readonly clock: Clock = systemClock,
		private readonly random: () => number = Math.random,
	) {}

	/** The scope of this name, made when it is first asked for; `limits` replace earlier ones. */
	scope(name: string, limits: Limits): Scope {
		const scope = this.scopes.get(name, () => ({
			gate: new Gate(this.clock, this.random, (state) => {
				if (state === 'open') this.metrics.gateOpened();
			}),
			budget: new Budget(),
			limiter: new Limiter(this.clock, limits),
		}));
		scope.limiter.configure(limits);
		return scope;
	}
}

// The version is that of the registry's shape: two versions of this package in one process share
// their states only when both understand them.
const KEY = Symbol.for('n8n-nodes-resilient.registry.v1');

/** The one registry of this process, shared by all nodes and executions. */
export function sharedRegistry(): Registry {
	const store = globalThis as { [KEY]?: Registry };
	return (store[KEY] ??= new Registry());
}
