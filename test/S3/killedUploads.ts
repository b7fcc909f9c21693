import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createBucket } from '../../nodes/S3/transport/buckets';
import type { S3Credential } from '../../nodes/S3/transport/connect';
import { listParts, uploadsOf } from '../../nodes/S3/transport/multipartListing';
import { clientOf } from './clientOf';
import { startWatchingProxy } from './watchingProxy';

const MIB = 1024 * 1024;
const PARTS = 12;

/** The built package in a process of its own, which uploads a file with the option to resume. */
const PROGRAM = `
const { connect } = require('./dist/nodes/S3/transport/connect');
const { upload } = require('./dist/nodes/S3/transport/upload');
const [credential, file, integrity] = JSON.parse(process.argv[1]);
const s3 = connect(credential, {
	owner: 'killed', signal: new AbortController().signal, maxAttempts: 3, deadlineMs: 60_000, onOutage: 'wait',
});
upload(s3, {
	bucket: 'killed', key: 'dir/file', source: { path: file }, headers: { 'content-type': 'a/b' },
	partBytes: 5 * 1024 * 1024, parallel: 2, resume: true, integrity,
}).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
`;

/** Uploads that are killed with SIGKILL half-way, against a server that `start` gives. */
export function killedUploads(
	start: () => Promise<{
		credential: S3Credential & { endpoint: string };
		contentOf(bucket: string, key: string): Promise<Buffer>;
		stop(): Promise<void>;
	}>,
): void {
	let server: Awaited<ReturnType<typeof start>>;
	const folder = mkdtempSync(path.join(tmpdir(), 'killed-'));
	const file = path.join(folder, 'file.bin');

	beforeAll(async () => {
		server = await start();
		await createBucket(clientOf(server.credential, server.credential), 'killed', {
			ifExists: 'fail',
		});
	}, 120_000);
	afterAll(async () => {
		await server?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	const run = (endpoint: string, integrity: string) =>
		spawn(
			process.execPath,
			['-e', PROGRAM, JSON.stringify([{ ...server.credential, endpoint }, file, integrity])],
			{ cwd: path.resolve(__dirname, '..', '..'), stdio: ['ignore', 'ignore', 'inherit'] },
		);

	test.each(['automatic', 'md5'])(
		'killed half-way (%s): the next run sends only the missing parts, and nothing is left',
		async (integrity) => {
			const bytes = randomBytes(PARTS * 5 * MIB - 1_000);
			writeFileSync(file, bytes);
			const s3 = clientOf(server.credential, server.credential);
			const first = await startWatchingProxy(server.credential);
			const killed = run(first.endpoint, integrity);
			const ended = once(killed, 'exit');
			while (first.passed < bytes.length / 2)
				await new Promise((resolve) => setTimeout(resolve, 1));
			killed.kill('SIGKILL');
			expect(await ended).toEqual([null, 'SIGKILL']);
			await first.close();
			// A part that has arrived wholly is stored although nobody waits for the answer.
			await new Promise((resolve) => setTimeout(resolve, 1_000));

			const [open, ...others] = await uploadsOf(s3, 'killed', 'dir/file');
			expect(others).toEqual([]);
			if (!open) throw new Error('There is no upload to go on with');
			const { parts } = await listParts(s3, open);
			expect(parts.length).toBeGreaterThanOrEqual(3);
			expect(parts.length).toBeLessThan(PARTS - 1);

			const second = await startWatchingProxy(server.credential);
			expect(await once(run(second.endpoint, integrity), 'exit')).toEqual([0, null]);
			await second.close();
			const sent = second.requests.filter((line) => /^PUT .*partNumber=/.test(line));
			expect(sent).toHaveLength(PARTS - parts.length);
			expect(second.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
			expect(await uploadsOf(s3, 'killed', 'dir/file')).toEqual([]);
			const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');
			expect(hash(await server.contentOf('killed', 'dir/file'))).toBe(hash(bytes));
		},
		60_000,
	);
}
