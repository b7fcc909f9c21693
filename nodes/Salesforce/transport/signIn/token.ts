/** What signing in gives. */
export interface Token {
	accessToken: string;
	/** where the org is: scheme and host */
	instanceUrl: string;
	/** 18 characters; empty where nobody says it */
	organizationId: string;
}

/**
 * The answer of the token endpoint, or what n8n has kept of it.
 * https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm
 * @param home where the org is if the answer does not say it
 * @returns undefined where there is no access token in it
 */
export function tokenIn(answer: unknown, home: string): Token | undefined {
	if (typeof answer !== 'object' || answer === null) return undefined;
	const text = (name: string): string => {
		const value: unknown = Reflect.get(answer, name);
		return typeof value === 'string' ? value : '';
	};
	const accessToken = text('access_token');
	if (accessToken === '') return undefined;
	// "https://login.salesforce.com/id/<organization>/<user>"
	const [, organizationId = ''] = /\/id\/(\w{18})\//.exec(text('id')) ?? [];
	return {
		accessToken,
		instanceUrl: URL.parse(text('instance_url'))?.origin ?? home,
		organizationId,
	};
}
