import { oauthRoutes } from './oauth/routes.ts';
import { collectionRoutes } from './rest/collections.ts';
import { describeRoutes } from './rest/describe.ts';
import { queryRoutes } from './rest/query.ts';
import { sobjectRoutes } from './rest/sobjects.ts';
import { versionRoutes } from './rest/versions.ts';
import type { Route } from './router.ts';

/** All that the server can do; the first route that matches wins. */
export const allRoutes: readonly Route[] = [
	...oauthRoutes,
	...versionRoutes,
	...queryRoutes,
	...collectionRoutes,
	...describeRoutes,
	...sobjectRoutes,
];
