import { systemClock } from '../../../nodes/shared/ground/clock';
import { createBucket, headBucket } from '../../../nodes/S3/transport/buckets';
import type { S3Client } from '../../../nodes/S3/transport/client';
import type { S3Connection, S3Credential } from '../../../nodes/S3/transport/connect';
import { startS3Sandbox, type Account, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf } from '../clientOf';
import { EXTERNAL_ID, Issuer, ROLE, USER } from './issuer';

/** An S3 server with the bucket "box", an issuer of keys for it, and a clock for all three. */
export class SignInBench {
	/** how far the clock of all has gone ahead, in ms */
	ahead = 0;
	/** secrets that came up in runs */
	readonly learned: string[] = [];
	readonly sandbox: S3Sandbox;
	readonly issuer: Issuer;
	private owner = 0;
	private readonly accounts: Account[];

	private constructor(sandbox: S3Sandbox, issuer: Issuer, accounts: Account[]) {
		this.sandbox = sandbox;
		this.issuer = issuer;
		this.accounts = accounts;
	}

	static async open(): Promise<SignInBench> {
		const accounts = [USER];
		const time = { bench: undefined as SignInBench | undefined };
		const now = () => Date.now() + (time.bench?.ahead ?? 0);
		const sandbox = await startS3Sandbox({ accounts, now });
		const issuer = await new Issuer(accounts).open();
		issuer.now = now;
		const bench = new SignInBench(sandbox, issuer, accounts);
		time.bench = bench;
		await createBucket(clientOf(sandbox, USER), 'box', { ifExists: 'fail' });
		return bench;
	}

	async close(): Promise<void> {
		await Promise.all([this.sandbox.close(), this.issuer.close()]);
	}

	/** As before the first test, with a credential that nobody knows yet. */
	reset(): void {
		this.ahead = 0;
		this.owner++;
		this.learned.length = 0;
		this.accounts.length = 1;
		this.sandbox.faults.clear();
		this.sandbox.requests.length = 0;
		Object.assign(this.issuer, { lifetimeMs: 3_600_000, delayMs: 0 });
		this.issuer.calls.length = 0;
		this.issuer.refusals.length = 0;
	}

	/** The client of a new run. */
	run(credential: S3Credential = {}, connection: Partial<S3Connection> = {}): S3Client {
		const assume = {
			authentication: 'assumeRole',
			roleArn: ROLE,
			externalId: EXTERNAL_ID,
			stsEndpoint: this.issuer.endpoint,
		};
		return clientOf(
			this.sandbox,
			{ ...USER, ...assume, ...credential },
			{
				owner: `sign-in ${this.owner}`,
				clock: { ...systemClock, now: () => Date.now() + this.ahead },
				learn: (secrets) => {
					for (const secret of secrets) this.learned.push(secret ?? '');
				},
				environment: {},
				...connection,
			},
		);
	}

	/** One request. */
	async ask(s3: S3Client): Promise<void> {
		const { exists } = await headBucket(s3, 'box');
		if (!exists) throw new Error('the bucket is gone');
	}

	/** The keys that the last request was signed with. */
	lastKey(): string | undefined {
		const { authorization = '' } = this.sandbox.requests.at(-1)?.headers ?? {};
		return /Credential=([^/]+)/.exec(authorization)?.[1];
	}
}
