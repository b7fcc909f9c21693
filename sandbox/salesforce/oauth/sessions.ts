import { randomBytes } from 'node:crypto';
import type { OrgClock } from '../clock.ts';
import type { OrgSettings } from '../settings.ts';

/** Who is signed in, and by which app. */
export interface Session {
	token: string;
	userId: string;
	clientId: string;
	scope: string;
	/** Milliseconds, by the clock of the org. Each use moves it. */
	expiresAt: number;
}

/** Something that is exchanged for a session: a refresh token, or the code of an authorization. */
export interface Grant {
	userId: string;
	clientId: string;
	scope: string;
	redirectUri?: string;
	/** Of PKCE, by S256. */
	codeChallenge?: string;
	expiresAt?: number;
}

const random = (bytes: number) => randomBytes(bytes).toString('base64url');

/** Access tokens, refresh tokens and codes. */
export class Sessions {
	private readonly open = new Map<string, Session>();
	private readonly refreshTokens = new Map<string, Grant>();
	private readonly codes = new Map<string, Grant>();
	private readonly clock: OrgClock;
	private readonly settings: OrgSettings;

	constructor(clock: OrgClock, settings: OrgSettings) {
		this.clock = clock;
		this.settings = settings;
	}

	/** Signs a user in. The token has the form of a real one: organization, "!", secret. */
	begin(organizationId: string, grant: Pick<Grant, 'userId' | 'clientId' | 'scope'>): Session {
		const { userId, clientId, scope } = grant;
		const token = `${organizationId.slice(0, 15)}!AQE${random(72)}`;
		const expiresAt = this.clock.now() + this.settings.sessionMs;
		const session = { token, userId, clientId, scope, expiresAt };
		this.open.set(token, session);
		return session;
	}

	/** The session of a token that is valid; its time starts anew. */
	of(token: string): Session | undefined {
		const session = this.open.get(token);
		const now = this.clock.now();
		if (!session) return undefined;
		if (session.expiresAt <= now) {
			this.open.delete(token);
			return undefined;
		}
		session.expiresAt = now + this.settings.sessionMs;
		return session;
	}

	/** Ends a session. */
	end(token: string): void {
		this.open.delete(token);
	}

	/** Ends all sessions, as when they expire. */
	endAll(): void {
		this.open.clear();
	}

	newRefreshToken(grant: Grant): string {
		const token = `5Aep${random(60)}`;
		this.refreshTokens.set(token, grant);
		return token;
	}

	refresh(token: string): Grant | undefined {
		return this.refreshTokens.get(token);
	}

	/** Revokes a refresh token; false when there is none. */
	revoke(token: string): boolean {
		return this.refreshTokens.delete(token);
	}

	newCode(grant: Grant): string {
		const code = `aPrx${random(48)}==`;
		this.codes.set(code, { ...grant, expiresAt: this.clock.now() + 15 * 60 * 1000 });
		return code;
	}

	/** The grant of a code, once. */
	takeCode(code: string): Grant | undefined {
		const grant = this.codes.get(code);
		this.codes.delete(code);
		return grant;
	}
}
