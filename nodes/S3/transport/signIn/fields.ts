import type { Clock } from '../../../shared/ground/clock';
import type { Redact } from '../../../shared/ground/redact';
import type { Send } from '../../../shared/resilience';
import { Failure } from '../../../shared/resilience/failure';
import type { HttpClient } from '../../../shared/transport/http';
import type { Environment } from '../../../shared/transport/hostIdentity';
import type { CredentialSource } from '../client';
import type { Server, ServerFields } from '../providers';
import type { Credentials } from '../sign';

/** Fields of the credential that say who it is. */
export interface SignInFields extends ServerFields {
	authentication?: string;
	accessKeyId?: string;
	secretAccessKey?: string;
	sessionToken?: string;
	roleArn?: string;
	roleSessionName?: string;
	/** in seconds */
	roleDuration?: number;
	externalId?: string;
	/** JSON */
	sessionPolicy?: string;
	stsEndpoint?: string;
	tokenSource?: 'text' | 'host';
	webIdentityToken?: string;
}

/** What signing in needs from outside. */
export interface Surroundings {
	owner: string;
	server: Server;
	http: HttpClient;
	/** neither filtered nor through a proxy: for addresses of the machine itself */
	directHttp: HttpClient;
	/** for calls of an STS */
	send: Send;
	clock: Clock;
	redact: Redact;
	environment: Environment;
	/** told of secrets that came up */
	learn(secrets: string[]): void;
}

/** Where the keys come from. */
export interface SignIn {
	keys: CredentialSource;
	/** The server calls these keys expired: whether others can be had. */
	renew(used: Credentials): boolean;
}

/** What is known of the keys besides. */
export interface Identity extends SignIn {
	/** The ARN of whom they belong to; `undefined` where nobody is known who could tell. */
	arn(signal: AbortSignal): Promise<string | undefined>;
}

/** A field of the credential that is empty. */
export const missing = (field: string, hint: string): Failure => wrong(`"${field}" is empty`, hint);

/** A field of the credential that cannot be right. */
export const wrong = (what: string, hint: string): Failure =>
	new Failure({
		kind: 'invalid',
		phase: 'notSent',
		code: 'INVALID_CREDENTIAL',
		message: `${what} in the credential`,
		hint,
	});
