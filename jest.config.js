const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

// n8n-core writes its configuration into the user's home as soon as it is imported, unless these
// say otherwise. Workers inherit them from this process.
if (!process.env.N8N_USER_FOLDER) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'n8n-user-'));
	process.env.N8N_USER_FOLDER = folder;
	process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
}
process.env.N8N_ENCRYPTION_KEY ??= 'only-for-tests';
process.env.N8N_LOG_LEVEL ??= 'silent';

/** They measure time, so nothing runs beside them. */
const measuring = [
	'faults/{deadline,isolation,outage,retryAfter,stop}',
	'S3/transport/{download,uploadCancel}',
	'shared/ground/{glob,redact,retryAfter}',
	'shared/transport/silence',
].map((files) => `**/test/${files}.test.ts`);

const project = {
	testEnvironment: 'node',
	// Only here: jest indexes every file below its roots, and sandbox/host may hold a whole n8n.
	roots: ['<rootDir>/test'],
	setupFiles: ['<rootDir>/test/userFolder.js'],
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/host/', '<rootDir>/test/bench/'],
	transform: {
		'^.+\\.ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
};

module.exports = {
	projects: [
		{ ...project, testMatch: ['**/*.test.ts', ...measuring.map((files) => `!${files}`)] },
		{ ...project, testMatch: measuring, runner: '<rootDir>/test/oneByOne.js' },
	],
	// Many wait for a server or for the clock most of the time.
	maxWorkers: Math.max(2, os.availableParallelism() - 1),
	testSequencer: '<rootDir>/test/longestFirst.js',
	testTimeout: 30_000,
};
