'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs/promises');
const path = require('node:path');
const { isDeepStrictEqual } = require('node:util');
const esbuild = require('esbuild');
const gulp = require('gulp');

const root = __dirname;
const dist = path.join(root, 'dist');

/** Compiles credentials/, nodes/ and vendor/ to CommonJS in dist/, file by file. */
function compile() {
	const tsc = require.resolve('typescript/bin/tsc');
	return spawn(process.execPath, [tsc, '-p', 'tsconfig.json', '--noEmitOnError'], {
		cwd: root,
		stdio: 'inherit',
	});
}

function clean() {
	return fs.rm(dist, { recursive: true, force: true });
}

/**
 * Replaces each compiled dist/vendor/<library>.js by a file that contains the whole library: n8n
 * installs a community package without a lockfile, so what is not in the tarball may be anything.
 */
async function bundle() {
	const sources = await vendorSources();
	const { metafile } = await esbuild.build({
		absWorkingDir: root,
		entryPoints: sources,
		outdir: path.join(dist, 'vendor'),
		outbase: 'vendor',
		allowOverwrite: true,
		bundle: true,
		format: 'cjs',
		platform: 'node',
		target: 'node22',
		minify: true,
		legalComments: 'none',
		logLevel: 'warning',
		metafile: true,
	});
	const folders = Object.keys(metafile.inputs).map(packageFolder).filter(Boolean);
	await fs.writeFile(
		path.join(root, 'THIRD_PARTY_LICENSES'),
		await licences([...new Set(folders)].sort()),
	);
}

/**
 * Puts the code of all nodes into one file, dist/nodes/bundle.js, and makes of each compiled node what n8n
 * reads at the start of each of its processes: its description as JSON, and functions that load the code
 * when one is called first. The other compiled files are for tests, and not in the tarball. See
 * docs/decisions/0010 and 0016.
 */
async function join() {
	const { n8n } = JSON.parse(await fs.readFile(path.join(root, 'package.json'), 'utf8'));
	const sources = n8n.nodes.map((file) => file.replace(/^dist/, '.').replace(/\.js$/, ''));
	await esbuild.build({
		absWorkingDir: root,
		stdin: {
			contents: sources.map((file) => `export * from '${file}';`).join('\n'),
			resolveDir: root,
		},
		outfile: 'dist/nodes/bundle.js',
		bundle: true,
		format: 'cjs',
		platform: 'node',
		target: 'node22',
		// As tsc writes import(): n8n may run the code where the real one is not to be had.
		supported: { 'dynamic-import': false },
		external: ['n8n-workflow'],
		plugins: [librariesStayOutside],
		logLevel: 'warning',
	});
	const bundle = path.join(dist, 'nodes', 'bundle.js');
	delete require.cache[bundle];
	const classes = require(bundle);
	await Promise.all(
		n8n.nodes.map(async (file) => {
			const [name] = path.basename(file).split('.');
			const from = path.posix.relative(path.posix.dirname(file), 'dist/nodes/bundle.js');
			await fs.writeFile(path.join(root, file), sign(name, from, classes[name]));
		}),
	);
}

/** The source of a node that has its description, and the rest when it is asked for. */
function sign(name, from, Node) {
	const { description, ...others } = new Node();
	const json = JSON.stringify(description);
	if (!isDeepStrictEqual(JSON.parse(json), withoutUndefined(description)))
		throw new Error(`The description of ${name} holds what JSON does not`);
	const fields = Object.entries(others).map(([key, value]) => `\t${key} = ${later(value, key)};`);
	const functions = Object.getOwnPropertyNames(Node.prototype)
		.filter((key) => key !== 'constructor')
		.map((key) => `\t${key}${call(key)}`);
	return [
		"'use strict';",
		'let node;',
		`const load = () => (node ??= new (require('${from}').${name})());`,
		`exports.${name} = class ${name} {`,
		// A text is read faster than the same as code.
		`\tdescription = JSON.parse(${JSON.stringify(json)});`,
		...[...fields, ...functions, '};', ''],
	].join('\n');
}

/** Source of the like of a value, with functions that call those of the value. */
function later(value, at) {
	if (typeof value === 'function') return `function ${call(at)}`;
	if (typeof value !== 'object' || value === null) throw new Error(`${at} is no function`);
	const entries = Object.entries(value).map(
		([key, inner]) => `${key}: ${later(inner, `${at}.${key}`)}`,
	);
	return `{ ${entries.join(', ')} }`;
}

const call = (at) => `(...given) { return load().${at}.apply(this, given); }`;

const withoutUndefined = (value) => {
	if (Array.isArray(value)) return value.map(withoutUndefined);
	// Anything else than a plain object JSON makes a plain one of, without a word.
	if (typeof value !== 'object' || value === null || value.constructor !== Object) return value;
	const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
	return Object.fromEntries(entries.map(([key, inner]) => [key, withoutUndefined(inner)]));
};

const librariesStayOutside = {
	name: 'libraries stay outside',
	setup: (build) =>
		build.onResolve({ filter: /\/vendor\/\w+$/ }, (library) => ({
			path: `../vendor/${path.basename(library.path)}`,
			external: true,
		})),
};

async function vendorSources() {
	const files = await fs.readdir(path.join(root, 'vendor'));
	return files.filter((file) => file.endsWith('.ts')).map((file) => `vendor/${file}`);
}

/** "node_modules/a/node_modules/@b/c/lib/x.js" -> "node_modules/a/node_modules/@b/c" */
function packageFolder(input) {
	return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

async function licences(folders) {
	const texts = await Promise.all(folders.map(licence));
	const introduction =
		'The files in dist/vendor contain code of the following packages. Generated by the build.';
	return [introduction, ...texts].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

async function licence(folder) {
	const { name, version, license, author } = JSON.parse(
		await fs.readFile(path.join(root, folder, 'package.json'), 'utf8'),
	);
	if (!license) throw new Error(`${folder} is bundled, but its package.json names no licence`);
	const text =
		(await contentOf(folder, /^(licen[cs]e|copying)(\.|-|$)/i)) ??
		licenceSection(await contentOf(folder, /^readme(\.|$)/i)) ??
		`The package contains no licence text. Author: ${author?.name ?? author ?? 'not named'}`;
	return `${name} ${version} (${license})\n\n${text.replaceAll('\r\n', '\n').trim()}`;
}

async function contentOf(folder, pattern) {
	const file = (await fs.readdir(path.join(root, folder))).find((entry) => pattern.test(entry));
	return file && fs.readFile(path.join(root, folder, file), 'utf8');
}

/** Older packages print their licence at the end of the README only. */
function licenceSection(readme) {
	return readme && /^(#+ *)?licen[cs]e\s*\n[-=\s]*([\s\S]+)/im.exec(readme)?.[2];
}

/** What n8n reads beside the compiled code. encoding: false, because gulp 5 decodes as UTF-8. */
function assets() {
	return gulp
		.src(
			[
				'credentials/**/*.{svg,png}',
				'nodes/**/*.{svg,png}',
				'nodes/**/*.node.json',
				'nodes/**/__schema__/**/*.json',
			],
			{ base: '.', encoding: false },
		)
		.pipe(gulp.dest('dist'));
}

exports.clean = clean;
exports.build = gulp.series(clean, compile, gulp.parallel(bundle, join, assets));
exports.default = exports.build;
