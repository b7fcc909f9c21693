import { builtinModules } from 'node:module';
import path from 'node:path';
import ts from 'typescript';

/** Path relative to the repository, with slashes -> TypeScript source. */
export type Sources = Record<string, string>;

interface Import {
	from: string;
	/** Erased by the compiler: `import type`, `typeof import('x')`. */
	typeOnly: boolean;
}

const FLOORS = [
	/^nodes\/shared\/ground\//,
	/^nodes\/shared\/resilience\//,
	/^nodes\/[^/]+\/transport\//,
	/^nodes\/(shared\/node|[^/]+\/(actions|methods|triggers))\//,
	/^nodes\/[^/]+\/[^/]+\.node\.ts$/,
] as const;
const [GROUND, RESILIENCE, TRANSPORT] = [0, 1, 2];

const N8N = 'n8n-workflow';
const WITHOUT_IO = ['buffer', 'crypto', 'querystring', 'string_decoder', 'url', 'util'];
const NETWORK = ['dgram', 'dns', 'dns/promises', 'http', 'http2', 'https', 'net', 'tls', 'undici'];

const floorOf = (file: string) => FLOORS.findIndex((floor) => floor.test(file));
const houseOf = (file: string) => file.split('/')[1];
const roomOf = (file: string) => file.split('/').slice(0, 3).join('/');
const isRelative = (name: string) => /^\.\.?(\/|$)/.test(name);
const withoutNode = (name: string) => name.replace(/^node:/, '');

/**
 * Every import of the product that breaks the direction of the house, as "file -> import: why".
 *
 * Imports go down: shell (4) -> actions, methods, triggers, shared/node (3) -> transport (2) -> resilience (1)
 * -> ground (0), sideways only within a room or into shared, never into another house. Types count
 * as well: who knows the type knows the thing.
 */
export function wrongImports(sources: Sources): string[] {
	return Object.entries(sources).flatMap(([file, source]) =>
		importsOf(file, source).flatMap((imported) => {
			const why = objection(file, imported, sources);
			return why === undefined ? [] : [`${file} -> ${imported.from}: ${why}`];
		}),
	);
}

function objection(file: string, imported: Import, sources: Sources): string | undefined {
	if (/^(n8n-core|n8n|n8n-nodes-base)(\/|$)/.test(imported.from)) {
		return 'the host itself is never imported';
	}
	if (file.startsWith('credentials/')) {
		return imported.from === N8N ? undefined : `a credential imports ${N8N} only`;
	}
	if (file.startsWith('vendor/')) return objectionToVendor(file, imported, sources);
	if (floorOf(file) === -1) return 'the importing file is on no floor';
	return isRelative(imported.from)
		? objectionToFile(file, imported, sources)
		: objectionToPackage(floorOf(file), imported);
}

function objectionToVendor(file: string, { from }: Import, sources: Sources) {
	if (isRelative(from) || from === N8N || isBuiltin(from)) return 'vendor/ names libraries only';
	const libraries = new Set(importsOf(file, sources[file] ?? '').map((other) => other.from));
	return libraries.size > 1 ? 'one library per file of vendor/' : undefined;
}

function objectionToFile(file: string, { from }: Import, sources: Sources) {
	const beside = path.posix.join(path.posix.dirname(file), from);
	const target = [beside, `${beside}.ts`, `${beside}/index.ts`].find((name) => name in sources);
	if (target === undefined) return 'no such source file';
	const [here, there] = [floorOf(file), floorOf(target)];
	if (target.startsWith('vendor/')) {
		return here === TRANSPORT ? undefined : 'only transport loads a library';
	}
	if (there === -1) return 'the imported file is on no floor';
	if (there > here) return 'upward';
	const shared = houseOf(target) === 'shared';
	if (!shared && houseOf(target) !== houseOf(file)) return 'into another house';
	if (there === here && !shared && roomOf(target) !== roomOf(file)) return 'into the room beside';
	return undefined;
}

function objectionToPackage(floor: number, { from, typeOnly }: Import) {
	if (isBuiltin(from)) {
		const name = withoutNode(from);
		if (floor === GROUND && !WITHOUT_IO.includes(name)) return 'ground does no input or output';
		if (floor !== TRANSPORT && NETWORK.includes(name)) return 'only transport knows the network';
		return undefined;
	}
	if (from === N8N) return floor <= RESILIENCE ? 'ground and resilience know no n8n' : undefined;
	if (floor !== TRANSPORT) return 'only transport knows a library';
	return typeOnly ? undefined : 'a library is loaded through vendor/, or it is not in the package';
}

const isBuiltin = (name: string) =>
	name.startsWith('node:') || builtinModules.includes(withoutNode(name));

/** All imports of a source: static, re-exports, types, `require` and `import()`. */
export function importsOf(file: string, source: string): Import[] {
	const found: Import[] = [];
	const add = (name: ts.Node | undefined, typeOnly: boolean) => {
		if (name === undefined) return;
		// What is computed cannot be checked, so it is shown as it stands and fails as unknown.
		const from = ts.isStringLiteralLike(name) ? name.text : name.getText();
		found.push({ from, typeOnly });
	};
	const visit = (node: ts.Node) => {
		if (ts.isImportDeclaration(node)) {
			add(node.moduleSpecifier, erased(node.importClause));
		} else if (ts.isExportDeclaration(node)) {
			add(node.moduleSpecifier, node.isTypeOnly);
		} else if (ts.isExternalModuleReference(node)) {
			add(node.expression, false);
		} else if (ts.isImportTypeNode(node)) {
			add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, true);
		} else if (ts.isCallExpression(node) && loads(node.expression)) {
			add(node.arguments[0], false);
		}
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
	return found;
}

const loads = (called: ts.Expression) =>
	called.kind === ts.SyntaxKind.ImportKeyword ||
	/^(module\.)?require(\.resolve)?$/.test(called.getText());

/** `import type ...`, or nothing but `type` names between the braces. */
function erased(clause: ts.ImportClause | undefined): boolean {
	if (clause === undefined) return false;
	if (clause.isTypeOnly) return true;
	const names = clause.namedBindings;
	return (
		clause.name === undefined &&
		names !== undefined &&
		ts.isNamedImports(names) &&
		names.elements.length > 0 &&
		names.elements.every(({ isTypeOnly }) => isTypeOnly)
	);
}
