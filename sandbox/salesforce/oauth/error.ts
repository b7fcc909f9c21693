import { json, type Answer } from '../answer.ts';

/** An error of the token endpoint; nearly all have status 400. */
export class OAuthError extends Error {
	readonly answer: Answer;

	constructor(error: string, description: string, status = 400) {
		super(`${error}: ${description}`);
		this.answer = json({ error, error_description: description }, status, {
			'cache-control': 'no-cache, no-store',
			pragma: 'no-cache',
		});
	}
}
