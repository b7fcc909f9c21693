import type { JsonAnswer, SalesforceRequest } from '../../../../nodes/Salesforce/transport/client';
import type { Clock } from '../../../../nodes/shared/ground/clock';
import { Failure } from '../../../../nodes/shared/resilience/failure';

export const TOPIC = '/event/Order__e';

interface Question {
	channel: string;
	ext?: { replay: Record<string, number> };
}

interface Published {
	replayId: number;
	CreatedDate: string;
	Number: number;
}

// As many events as Salesforce sends at once.
const MOST = 100;

/** An org with one topic of the Streaming API, without any wire. */
export class ScriptedTopic {
	readonly events: Published[] = [];
	/** replay ids before this one mean nothing */
	private firstId = 1;
	private next = 0;
	private broken = false;
	private somethingComes: () => void = () => {};
	private readonly clock: Clock;

	constructor(clock: Clock) {
		this.clock = clock;
	}

	/** @param at ms since 1970 */
	publish(at = this.clock.now()): void {
		const replayId = this.firstId + this.events.length;
		const CreatedDate = new Date(at).toISOString();
		this.events.push({ replayId, CreatedDate, Number: this.events.length });
		this.somethingComes();
	}

	/** The connection breaks, once. */
	breakOff(): void {
		this.broken = true;
		this.somethingComes();
	}

	/** The org was moved: the same events at other positions. */
	move(): void {
		this.firstId += 1_000_000;
		for (const event of this.events) event.replayId += 1_000_000;
	}

	readonly answer = async ({ path, json }: SalesforceRequest): Promise<Partial<JsonAnswer>> => {
		const headers = { date: new Date(this.clock.now()).toUTCString() };
		if (!path.startsWith('/cometd/')) return { headers, json: [] };
		const [{ channel, ext }] = json as [Question];
		const answer = { channel, successful: true, clientId: 'client' };
		if (channel === '/meta/subscribe') {
			const from = ext?.replay[TOPIC] ?? -1;
			const at = this.events.findIndex(({ replayId }) => replayId === from);
			if (from > 0 && at < 0) {
				const error = `400::The replayId {${from}} you provided was invalid.`;
				return { headers, json: [{ channel, successful: false, error }] };
			}
			this.next = from === -1 ? this.events.length : at + 1;
		}
		const sent = channel === '/meta/connect' ? await this.more() : [];
		return { headers, json: [answer, ...sent] };
	};

	private async more(): Promise<object[]> {
		while (!this.broken && this.next >= this.events.length)
			await new Promise<void>((resolve) => (this.somethingComes = resolve));
		if (this.broken) {
			this.broken = false;
			throw new Failure({
				...{ kind: 'network', phase: 'maybeDone', code: 'ECONNRESET', message: 'broken' },
			});
		}
		const sent = this.events.slice(this.next, this.next + MOST);
		this.next += sent.length;
		return sent.map(({ replayId, ...payload }) => ({
			channel: TOPIC,
			data: { payload, event: { replayId, EventUuid: `uuid-${payload.Number}` } },
		}));
	}
}
