/** What can be chosen of an org. */
export interface OrgSettings {
	/** Requests in 24 hours. */
	dailyApiRequests: number;
	/** Requests of 20 seconds or more that may run at once. */
	longRequests: number;
	/** From when on a request counts as long, in milliseconds. */
	longRequestMs: number;
	/** How long an access token lives, in milliseconds. */
	sessionMs: number;
	/** Most rows of a page of a query. */
	pageSize: number;
	/** Newest and oldest version of the API. */
	newestVersion: number;
	oldestVersion: number;
	/** Largest body of a request, in bytes. */
	bodyLimit: number;
	/** Whether answers are compressed for clients that can read that. */
	compress: boolean;
	/** Objects `Generated_NNNN__c` beside the usual ones. */
	generatedObjects: number;
	/** Most logins of a user with JWTs in an hour. */
	jwtLoginsPerHour: number;
}

export const usualSettings: OrgSettings = {
	dailyApiRequests: 100_000,
	longRequests: 25,
	longRequestMs: 20_000,
	sessionMs: 2 * 60 * 60 * 1000,
	pageSize: 2000,
	newestVersion: 68,
	oldestVersion: 31,
	bodyLimit: 52_428_800,
	compress: true,
	generatedObjects: 0,
	jwtLoginsPerHour: 3600,
};
