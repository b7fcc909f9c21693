import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** An external client app (connected app). */
export interface App {
	clientId: string;
	clientSecret: string;
	/** Of the certificate for JWTs. */
	publicKey: KeyObject;
	/** User that client credentials sign in. */
	runAs: string;
	/** Users that may sign in with JWTs; all others have not approved the app. */
	approved: Set<string>;
}

/** The apps that clients of the org sign in through. */
export class Apps {
	private readonly byId = new Map<string, App>();

	add(app: App): void {
		this.byId.set(app.clientId, app);
	}

	get(clientId: string): App | undefined {
		return this.byId.get(clientId);
	}
}

let keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }> | undefined;

/** A pair of keys, the same for all sandboxes of this process since making one takes long. */
export const appKeys = () => (keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 }));
