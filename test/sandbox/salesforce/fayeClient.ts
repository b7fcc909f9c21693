import faye from 'faye';
import type { SalesforceSandbox } from '../../../sandbox/salesforce/server.ts';
import type { Json } from './rest.ts';

export interface StreamedEvent {
	schema: string;
	payload: Record<string, unknown>;
	event: { replayId: number; EventUuid: string };
}

/** The client of the faye package, signed in, with the extension for replay. */
export class FayeClient {
	private readonly client: Json;
	/** Channel -> replay id to start behind. */
	readonly replay: Record<string, number>;

	constructor(sandbox: SalesforceSandbox, replay: Record<string, number> = {}) {
		this.replay = replay;
		this.client = new faye.Client(`${sandbox.url}/cometd/68.0`, { retry: 0.05 });
		this.client.setHeader('Authorization', `OAuth ${sandbox.accessToken()}`);
		this.client.addExtension({
			outgoing: (
				message: { channel: string; ext?: object },
				callback: (message: object) => void,
			) => {
				if (message.channel === '/meta/subscribe') message.ext = { replay: this.replay };
				callback(message);
			},
		});
	}

	/** What is heard on a channel, as it arrives. Rejects with the error of the server. */
	async subscribe(channel: string): Promise<StreamedEvent[]> {
		const heard: StreamedEvent[] = [];
		await this.client.subscribe(channel, (event: StreamedEvent) => heard.push(event));
		return heard;
	}

	/** Waits for the answer: without it the client would go on trying. */
	async close(): Promise<void> {
		await this.client.disconnect();
	}
}
