import type { ICredentialTestFunctions } from 'n8n-workflow';
import type { TlsOptions } from '../transport/agents';
import { withPublicAuthorities } from '../transport/agents';
import type { HttpClient, HttpRequest } from '../transport/http';
import { networkFailure } from '../transport/networkFailure';

interface Answer {
	statusCode: number;
	headers: Record<string, string | string[] | undefined>;
	body?: Buffer | string;
}

const TIMEOUT_MS = 15_000;

/**
 * HTTP through n8n's own request function, for credential tests: there n8n hands out no egress
 * filter, and only what goes through this function is held to it. Small answers only; the path must
 * have no dot segments, which n8n folds.
 */
export function hostHttp({ helpers }: ICredentialTestFunctions, tls: TlsOptions): HttpClient {
	const send = async ({ method, origin, path, headers, body }: HttpRequest) => {
		try {
			const answer: Answer = await helpers.request({
				method,
				uri: origin + path,
				headers,
				body,
				encoding: null,
				simple: false,
				resolveWithFullResponse: true,
				followRedirect: false,
				timeout: TIMEOUT_MS,
				agentOptions: await withPublicAuthorities(tls),
				rejectUnauthorized: tls.rejectUnauthorized,
			});
			const flat = Object.entries(answer.headers).map(([name, value]) => [
				name,
				String(value ?? ''),
			]);
			return {
				status: answer.statusCode,
				headers: Object.fromEntries(flat) as Record<string, string>,
				body: Buffer.from(answer.body ?? ''),
			};
		} catch (error) {
			throw networkFailure(error, false);
		}
	};
	return {
		buffer: send,
		stream: async (request) => {
			const { status, headers, body } = await send(request);
			return { status, headers, body: inMemory(body) };
		},
	};
}

const inMemory = (bytes: Buffer) => ({
	async *[Symbol.asyncIterator]() {
		yield bytes;
	},
	each: async (take: (chunk: Buffer) => boolean) => void take(bytes),
	destroy() {},
	collect: async () => bytes,
});
