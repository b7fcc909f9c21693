import type { Route } from '../router.ts';
import { authorize, identity, userinfo } from './identity.ts';
import { revoke, token } from './token.ts';

export const oauthRoutes: Route[] = [
	{ method: 'POST', path: '//services/oauth2/token', open: true, handle: token },
	{ method: 'POST', path: '//services/oauth2/revoke', open: true, handle: revoke },
	{ method: 'GET', path: '//services/oauth2/revoke', open: true, handle: revoke },
	{ method: 'GET', path: '//services/oauth2/authorize', open: true, handle: authorize },
	{ method: 'GET', path: '//services/oauth2/userinfo', open: true, handle: userinfo },
	{ method: 'POST', path: '//services/oauth2/userinfo', open: true, handle: userinfo },
	{ method: 'GET', path: '//id/:organization/:user', open: true, handle: identity },
];
