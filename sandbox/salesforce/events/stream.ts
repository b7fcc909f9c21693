import { status, type ServerDuplexStream, type ServerErrorResponse } from '@grpc/grpc-js';
import { PubSubError } from './pubSubErrors.ts';

export type Stream<In> = ServerDuplexStream<In, object>;

/** What the handler of a stream is given. */
export interface OpenStream {
	/** Returns whether the client takes more right now. */
	send(answer: object): boolean;
	/** Ends the stream with an error. */
	fail(error: unknown): void;
	/** Does this when the stream is over, however it came to that. */
	onEnd(act: () => void): void;
	/** How many answers it has given. */
	readonly answers: number;
}

/** Serves a stream: requests until the client ends it, and one end in any case. */
export function serveStream<In>(
	stream: Stream<In>,
	begin: (open: OpenStream) => (request: In) => void,
): OpenStream {
	let over = false;
	const ends: Array<() => void> = [];
	const end = () => {
		over = true;
		for (const act of ends.splice(0)) act();
	};
	const open = {
		answers: 0,
		send(answer: object) {
			open.answers++;
			return stream.write(answer);
		},
		fail(error: unknown) {
			end();
			stream.emit('error', toStatus(error));
		},
		onEnd: (act: () => void) => void ends.push(act),
	};
	try {
		const take = begin(open);
		stream.on('data', (request: In) => {
			if (over) return;
			try {
				take(request);
			} catch (error) {
				open.fail(error);
			}
		});
		stream.on('end', () => {
			end();
			stream.end();
		});
		stream.on('cancelled', end);
		stream.on('close', end);
	} catch (error) {
		open.fail(error);
	}
	return open;
}

/** Anything but a PubSubError is a defect of the server. */
export const toStatus = (error: unknown): ServerErrorResponse =>
	error instanceof PubSubError ? error : new PubSubError(status.UNKNOWN, String(error));
