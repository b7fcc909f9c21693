/** A Bayeux message as a client sends it. https://docs.cometd.org/current/reference/#_bayeux_message_fields */
export interface BayeuxRequest {
	channel: string;
	id?: string;
	clientId?: string;
	subscription?: string | string[];
	connectionType?: string;
	ext?: { replay?: Record<string, unknown> };
	advice?: { timeout?: number };
	data?: unknown;
}

export interface BayeuxReply {
	channel: string;
	id?: string;
	clientId?: string;
	successful?: boolean;
	error?: string;
	advice?: { reconnect: 'retry' | 'handshake' | 'none'; interval?: number; timeout?: number };
	ext?: Record<string, unknown>;
	subscription?: string | string[];
	data?: unknown;
	version?: string;
	minimumVersion?: string;
	supportedConnectionTypes?: string[];
}

/** The answer to a message that failed. */
export const failed = (
	{ channel, id }: BayeuxRequest,
	error: string,
	more: Partial<BayeuxReply> = {},
): BayeuxReply => ({ ...more, channel, id, error, successful: false });

/** The messages of a body: one, or a list of them. */
export function messagesOf(body: Buffer): BayeuxRequest[] {
	const read: unknown = JSON.parse(body.toString());
	return [read].flat().filter(isMessage);
}

const isMessage = (value: unknown): value is BayeuxRequest =>
	typeof value === 'object' && value !== null && 'channel' in value;
