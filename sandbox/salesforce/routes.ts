import { oauthRoutes } from './oauth/routes.ts';
import { collectionRoutes } from './rest/collections.ts';
import { compositeRoutes } from './rest/composite.ts';
import { describeRoutes } from './rest/describe.ts';
import { limitRoutes } from './rest/limits.ts';
import { queryRoutes } from './rest/query.ts';
import { sobjectRoutes } from './rest/sobjects.ts';
import { treeRoutes } from './rest/tree.ts';
import { versionRoutes } from './rest/versions.ts';
import type { Route } from './router.ts';

/** All that the server can do; the first route that matches wins. */
export const allRoutes: readonly Route[] = [
	...oauthRoutes,
	...versionRoutes,
	...limitRoutes,
	...queryRoutes,
	...compositeRoutes,
	...treeRoutes,
	...collectionRoutes,
	...describeRoutes,
	...sobjectRoutes,
];
