import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const MB = 1_000_000;
const root = path.resolve(__dirname, '..', '..');

interface Manifest {
	n8n: { n8nNodesApiVersion: number; nodes: string[]; credentials: string[] };
	files: string[];
	scripts: Record<string, string>;
	peerDependencies: Record<string, string>;
	peerDependenciesMeta: Record<string, { optional?: boolean }>;
	[other: string]: unknown;
}

interface Packed {
	filename: string;
	size: number;
	unpackedSize: number;
	files: { path: string }[];
}

const manifest: Manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const loaded = [...manifest.n8n.nodes, ...manifest.n8n.credentials];

const sourcesEndingWith = (folder: string, end: string) =>
	readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith(end))
		.map((file) => `dist/${folder}/${file.replaceAll(path.sep, '/')}`.replace(/\.ts$/, '.js'))
		.sort();

describe('package.json', () => {
	test('has nothing that an installation would have to fetch', () => {
		expect(manifest.dependencies ?? {}).toEqual({});
		expect(manifest).not.toHaveProperty('optionalDependencies');
		expect(manifest).not.toHaveProperty('bundleDependencies');
		expect(manifest).not.toHaveProperty('bundledDependencies');
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		expect(manifest.peerDependenciesMeta).toEqual({ 'n8n-workflow': { optional: true } });
	});

	test('runs nothing at installation', () => {
		const lifecycle = /^(pre|post)?(install|prepare|pack|publish)(Only)?$|^(pre|post)?uninstall$/;
		expect(Object.keys(manifest.scripts).filter((name) => lifecycle.test(name))).toEqual([]);
	});

	test('names every node and credential to n8n', () => {
		expect(manifest.n8n.n8nNodesApiVersion).toBe(1);
		expect([...manifest.n8n.nodes].sort()).toEqual(sourcesEndingWith('nodes', '.node.ts'));
		expect([...manifest.n8n.credentials].sort()).toEqual(
			sourcesEndingWith('credentials', '.credentials.ts'),
		);
	});
});

describe('the tarball', () => {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'packed-'));
	const unpacked = path.join(folder, 'package');
	let packed: Packed;

	beforeAll(() => {
		if (!existsSync(path.join(root, 'dist', 'vendor')))
			throw new Error('Run `npm run build` first');
		packed = pack();
		execFileSync('tar', ['-xzf', path.join(folder, packed.filename), '-C', folder]);
		// As in n8n, whose own modules are found through NODE_PATH.
		mkdirSync(path.join(folder, 'host'));
		symlinkSync(
			path.join(root, 'node_modules', 'n8n-workflow'),
			path.join(folder, 'host', 'n8n-workflow'),
			'junction',
		);
	});

	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	function pack(): Packed {
		const output = execFileSync(
			'npm',
			['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
			{ cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
		);
		const [only] = JSON.parse(output) as Packed[];
		if (!only) throw new Error(`npm pack said ${output}`);
		return only;
	}

	/** Runs code in a process of its own that finds the package and n8n-workflow, nothing else. */
	function inEmptyTree(code: string): unknown {
		const env = { ...process.env, NODE_PATH: path.join(folder, 'host') };
		return JSON.parse(
			execFileSync(process.execPath, ['-e', code], { cwd: unpacked, env, encoding: 'utf8' }),
		);
	}

	test('holds the compiled product and its papers only', () => {
		const names = packed.files.map(({ path: name }) => name);
		const others = names.filter((name) => !/^dist\/(credentials|nodes|vendor)\//.test(name));
		expect(others.sort()).toEqual(['LICENSE', 'README.md', 'THIRD_PARTY_LICENSES', 'package.json']);
		expect(names.filter((name) => !/\.(js|json|svg|png)$/.test(name)).sort()).toEqual([
			'LICENSE',
			'README.md',
			'THIRD_PARTY_LICENSES',
		]);
		expect(names.filter((name) => /(\.test|\.spec)\.|\/test\//.test(name))).toEqual([]);
		expect(names).toEqual(expect.arrayContaining(loaded));
	});

	test('is at most 5 MB, packed and unpacked', () => {
		expect(packed.size).toBeLessThanOrEqual(5 * MB);
		expect(packed.unpackedSize).toBeLessThanOrEqual(5 * MB);
	});

	test('loads every node and credential as n8n does, and none of the libraries', () => {
		// n8n takes the class that is named like the file up to its first dot.
		const answer = inEmptyTree(`
			const path = require('node:path');
			const names = ${JSON.stringify(loaded)}.map((file) => {
				const type = new (require(path.resolve(file))[path.basename(file).split('.')[0]])();
				return (type.description ?? type).name;
			});
			const here = process.cwd() + path.sep;
			const files = Object.keys(require.cache).map((file) => path.relative(here, file));
			console.log(JSON.stringify({
				names,
				libraries: files.filter((file) => file.startsWith(path.join('dist', 'vendor'))),
			}));
		`) as { names: unknown[]; libraries: string[] };
		expect(answer.names).toHaveLength(loaded.length);
		expect(answer.names).toEqual(loaded.map(() => expect.stringMatching(/^\w+$/)));
		expect(new Set(answer.names).size).toBe(loaded.length);
		expect(answer.libraries).toEqual([]);
	});

	test('n8n reads what it looks for at its start, and one file more when a node is used', () => {
		const required = inEmptyTree(`
			const path = require('node:path');
			const here = process.cwd() + path.sep;
			const files = () => Object.keys(require.cache)
				.filter((file) => file.startsWith(here))
				.map((file) => path.relative(here, file).replaceAll(path.sep, '/'));
			const nodes = ${JSON.stringify(loaded)}.map((file) =>
				new (require(path.resolve(file))[path.basename(file).split('.')[0]])());
			const atStart = files();
			const { methods } = nodes.find(({ methods }) => methods);
			// It answers that it was given no credential, or fails of it.
			Promise.resolve(Object.values(methods.credentialTest)[0].call({}, {})).catch(() => {});
			console.log(JSON.stringify({ atStart, more: files().filter((file) => !atStart.includes(file)) }));
			process.exit();
		`) as { atStart: string[]; more: string[] };
		expect(required.atStart.sort()).toEqual([...loaded].sort());
		expect(required.more).toEqual(['dist/nodes/bundle.js']);
	});

	test('what n8n reads at its start says all that the nodes have', () => {
		const answer = inEmptyTree(`
			const path = require('node:path');
			const shapeOf = (value) => {
				if (typeof value === 'function') return 'function';
				if (typeof value !== 'object' || value === null) return value;
				if (Array.isArray(value)) return value.map(shapeOf);
				return value.constructor !== Object ? String(value) : Object.fromEntries(
					Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
			};
			const whole = (Node) => ({
				...shapeOf(new Node()),
				functions: Object.getOwnPropertyNames(Node.prototype).sort(),
			});
			const code = require(path.resolve('dist/nodes/bundle.js'));
			console.log(JSON.stringify(${JSON.stringify(manifest.n8n.nodes)}.map((file) => {
				const [name] = path.basename(file).split('.');
				return { shown: whole(require(path.resolve(file))[name]), is: whole(code[name]) };
			})));
		`) as Array<{ shown: object; is: object }>;
		expect(answer).toHaveLength(manifest.n8n.nodes.length);
		for (const { shown, is } of answer) expect(shown).toEqual(is);
	});

	test('contains the pictures its nodes name', () => {
		const answer = inEmptyTree(`
			const fs = require('node:fs');
			const path = require('node:path');
			const pictures = ${JSON.stringify(loaded)}.flatMap((file) => {
				const type = new (require(path.resolve(file))[path.basename(file).split('.')[0]])();
				const icon = (type.description ?? type).icon;
				return (typeof icon === 'string' ? [icon] : Object.values(icon ?? {}))
					.filter((name) => name.startsWith('file:'))
					.map((name) => path.join(path.dirname(file), name.slice('file:'.length)));
			});
			console.log(JSON.stringify({
				found: pictures.filter((file) => fs.existsSync(file)).length,
				missing: pictures.filter((file) => !fs.existsSync(file)),
			}));
		`) as { found: number; missing: string[] };
		expect(answer.missing).toEqual([]);
		expect(answer.found).toBeGreaterThanOrEqual(manifest.n8n.nodes.length);
	});

	test('contains its libraries whole, and their licences', () => {
		const answer = inEmptyTree(`
			const path = require('node:path');
			const fs = require('node:fs');
			const libraries = fs.readdirSync('dist/vendor').map((file) =>
				[file, Object.keys(require(path.resolve('dist/vendor', file)))]);
			console.log(JSON.stringify(Object.fromEntries(libraries)));
		`) as Record<string, string[]>;
		expect(Object.keys(answer).sort()).toEqual(
			readdirSync(path.join(root, 'vendor'))
				.map((file) => file.replace(/\.ts$/, '.js'))
				.sort(),
		);
		expect(Object.values(answer)).not.toContainEqual([]);

		const licences = readFileSync(path.join(unpacked, 'THIRD_PARTY_LICENSES'), 'utf8');
		for (const file of readdirSync(path.join(root, 'vendor'))) {
			const source = readFileSync(path.join(root, 'vendor', file), 'utf8');
			const library = / from '([^']+)'/.exec(source)?.[1] ?? '';
			const itsManifest = path.join(root, 'node_modules', library, 'package.json');
			const { version }: Manifest = JSON.parse(readFileSync(itsManifest, 'utf8'));
			expect(licences).toContain(`\n${library} ${String(version)} (`);
		}
	});
});
