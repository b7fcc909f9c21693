import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { importsOf, wrongImports, type Sources } from './imports.ts';

const root = path.resolve(__dirname, '..', '..');

function productSources(): Sources {
	const files = ['credentials', 'nodes', 'vendor'].flatMap((folder) =>
		readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
			path.join(folder, file).replaceAll(path.sep, '/'),
		),
	);
	return Object.fromEntries(
		files
			.filter((file) => file.endsWith('.ts'))
			.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]),
	);
}

test('imports of the product go down, or sideways within one house', () => {
	const sources = productSources();
	expect(Object.keys(sources)).toContain('nodes/shared/ground/clock.ts');
	expect(wrongImports(sources)).toEqual([]);
});

describe('the rule', () => {
	const house: Sources = {
		'credentials/ResilientApi.credentials.ts': `import type { ICredentialType } from 'n8n-workflow';`,
		'nodes/shared/ground/clock.ts': `import { createHash } from 'node:crypto';`,
		'nodes/shared/resilience/index.ts': `import { now } from '../ground/clock';`,
		'nodes/shared/transport/http.ts': [
			`import http from 'node:http';`,
			`import type { AxiosInstance } from 'axios';`,
			`import { resilient } from '../resilience';`,
			`const load = async () => await import('../../../vendor/axios');`,
		].join('\n'),
		'nodes/shared/node/runOperations.ts': `import { resilient } from '../resilience/index';`,
		'nodes/One/One.node.ts': `import { get } from './actions/thing/get.operation';`,
		'nodes/One/actions/thing/get.operation.ts': [
			`import { NodeOperationError } from 'n8n-workflow';`,
			`import type { Client } from '../../transport/client';`,
			`import { put } from './put.operation';`,
			`import { runOperations } from '../../../shared/node/runOperations';`,
		].join('\n'),
		'nodes/One/actions/thing/put.operation.ts': '',
		'nodes/One/methods/listSearch.ts': '',
		'nodes/One/transport/client.ts': `import { send } from '../../shared/transport/http';`,
		'nodes/Two/transport/client.ts': '',
		'nodes/Two/actions/thing/get.operation.ts': '',
		'vendor/axios.ts': `import axios from 'axios';\nexport { axios };`,
	};

	test('accepts a house that keeps it', () => {
		expect(wrongImports(house)).toEqual([]);
	});

	const ground = 'nodes/shared/ground/clock.ts';
	const resilience = 'nodes/shared/resilience/index.ts';
	const wire = 'nodes/shared/transport/http.ts';
	const operation = 'nodes/One/actions/thing/get.operation.ts';
	const client = 'nodes/One/transport/client.ts';
	const credential = 'credentials/ResilientApi.credentials.ts';

	test.each<[file: string, planted: string, complaint: string]>([
		// Upward, in every way that TypeScript can import.
		[resilience, `import { send } from '../transport/http';`, '../transport/http: upward'],
		[resilience, `import type { S } from '../transport/http';`, '../transport/http: upward'],
		[resilience, `export * from '../transport/http';`, '../transport/http: upward'],
		[resilience, `import h = require('../transport/http');`, '../transport/http: upward'],
		[resilience, `const h = require('../transport/http');`, '../transport/http: upward'],
		[resilience, `const h = () => import('../transport/http');`, '../transport/http: upward'],
		[resilience, `type H = typeof import('../transport/http');`, '../transport/http: upward'],
		[resilience, `import '../node/runOperations';`, '../node/runOperations: upward'],
		[ground, `import { r } from '../resilience';`, '../resilience: upward'],
		[client, `import { g } from '../actions/thing/get.operation';`, 'get.operation: upward'],
		[operation, `import { One } from '../../One.node';`, '../../One.node: upward'],
		[resilience, `import { c } from '../../One/transport/client';`, 'client: upward'],
		// Sideways.
		[client, `import { c } from '../../Two/transport/client';`, 'client: into another house'],
		[wire, `import { c } from '../../One/transport/client';`, 'client: into another house'],
		[
			'nodes/shared/node/runOperations.ts',
			`import { g } from '../../One/actions/thing/get.operation';`,
			'get.operation: into another house',
		],
		[
			'nodes/One/One.node.ts',
			`import { g } from '../Two/actions/thing/get.operation';`,
			'get.operation: into another house',
		],
		[
			'nodes/One/methods/listSearch.ts',
			`import { g } from '../actions/thing/get.operation';`,
			'get.operation: into the room beside',
		],
		// n8n, the network and libraries, each on its own floors.
		[ground, `import { sleep } from 'n8n-workflow';`, 'n8n-workflow: ground and resilience'],
		[resilience, `import type { INode } from 'n8n-workflow';`, 'n8n-workflow: ground and res'],
		[operation, `import type { Workflow } from 'n8n-core';`, 'n8n-core: the host itself'],
		[wire, `const c = require('n8n-core/dist/x');`, 'n8n-core/dist/x: the host itself'],
		[credential, `import { Container } from 'n8n-core';`, 'n8n-core: the host itself'],
		[ground, `import fs from 'node:fs/promises';`, 'node:fs/promises: ground does no'],
		[ground, `import { readFile } from 'fs';`, 'fs: ground does no input'],
		[resilience, `import net from 'node:net';`, 'node:net: only transport knows the network'],
		[operation, `import https from 'https';`, 'https: only transport knows the network'],
		[operation, `import type { AxiosError } from 'axios';`, 'axios: only transport knows'],
		[operation, `await import('../../../../vendor/axios');`, 'axios: only transport loads'],
		[wire, `import axios from 'axios';`, 'axios: a library is loaded through vendor/'],
		[wire, `import axios, { type AxiosError } from 'axios';`, 'axios: a library is loaded'],
		[wire, 'const h = await import(`${name}`);', '`${name}`: a library is loaded'],
		// The folders beside the floors.
		[credential, `import { now } from '../nodes/shared/ground/clock';`, 'clock: a credential'],
		[credential, `import { createHash } from 'node:crypto';`, 'node:crypto: a credential'],
		['vendor/axios.ts', `export * from 'saxes';`, 'saxes: one library per file'],
		['vendor/axios.ts', `export * from './saxes';`, './saxes: vendor/ names libraries only'],
		[
			'nodes/One/tools.ts',
			`import { r } from '../shared/resilience';`,
			'the importing file is on no',
		],
		[operation, `import { gone } from './gone';`, './gone: no such source file'],
	])('catches in %s: %s', (file, planted, complaint) => {
		const wrong = wrongImports({ ...house, [file]: `${house[file] ?? ''}\n${planted}` });
		expect(wrong).toContainEqual(expect.stringContaining(`${file} -> `));
		expect(wrong).toContainEqual(expect.stringContaining(complaint));
	});

	test('is not misled by comments and texts', () => {
		const source = `// import x from 'n8n-core';\nconst text = "import x from 'n8n-core'";`;
		expect(importsOf('x.ts', source)).toEqual([]);
	});
});
