import { oauthRoutes } from './oauth/routes.ts';
import { collectionRoutes } from './rest/collections.ts';
import { actionRoutes } from './process/actions.ts';
import { apexRoutes } from './process/apex.ts';
import { approvalRoutes } from './process/approvals.ts';
import { reportRoutes } from './reports/routes.ts';
import { searchRoutes } from './search/routes.ts';
import { compositeRoutes } from './rest/composite.ts';
import { describeRoutes } from './rest/describe.ts';
import { limitRoutes } from './rest/limits.ts';
import { queryRoutes } from './rest/query.ts';
import { sobjectRoutes } from './rest/sobjects.ts';
import { treeRoutes } from './rest/tree.ts';
import { versionRoutes } from './rest/versions.ts';
import { soapRoutes } from './soap/partner.ts';
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
	...searchRoutes,
	...reportRoutes,
	...approvalRoutes,
	...actionRoutes,
	...apexRoutes,
	...soapRoutes,
	...describeRoutes,
	...sobjectRoutes,
];
