import type { IDataObject } from 'n8n-workflow';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Engine } from '../engine/engine';
import { houses, type House } from './house';
import { actionNodes, root } from './packageNodes';

interface Schema {
	type: string;
	properties?: Record<string, Schema>;
	items?: Schema;
	version?: number;
}

const isObject = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What n8n's editor offers of values before they exist: a JSON schema with nothing but types, as in
 * the files that n8n ships with its own nodes.
 * @throws Error where a field has values of several types: then nobody can rely on it
 */
function schemaOf(values: unknown[], at: string): Schema {
	const types = new Set(values.map(typeName));
	const [type, ...more] = types;
	if (type === undefined || more.length > 0) {
		throw new Error(`${at} has values of the types ${[...types].join(' and ')}`);
	}
	if (type === 'array') {
		const members = values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
		return members.length > 0 ? { type, items: schemaOf(members, `${at}[]`) } : { type };
	}
	const objects = values.filter(isObject);
	const names = [...new Set(objects.flatMap((value) => Object.keys(value)))];
	if (names.length === 0) return { type };
	const properties = names.map((name) => {
		const held = objects.map((value) => value[name]).filter((value) => value !== undefined);
		return [name, schemaOf(held, `${at}.${name}`)] as const;
	});
	return { type, properties: Object.fromEntries(properties) };
}

const typeName = (value: unknown) =>
	value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

const fileOf = (folder: string, version: string, resource: string, operation: string) =>
	path.join(folder, '__schema__', version, resource, `${operation}.json`);

describe.each(actionNodes.map((one) => [one.node.description.name, one] as const))(
	'%s',
	(name, { type, file, node, operations }) => {
		const compiled = path.dirname(file);
		const source = path.join(root, path.relative(path.join(root, 'dist'), compiled));
		const { version } = node.description;
		const folder = `v${[version].flat().at(-1) ?? 1}.0.0`;
		let house: House;
		let engine: Engine;

		beforeAll(async () => {
			engine = await Engine.open();
			const open = houses[name];
			if (!open) throw new Error(`test/contract/house.ts has no house for the node ${name}`);
			house = await open(engine);
			engine.credentials = house.credentials;
		});
		afterAll(async () => await house.close());

		test.each(operations.map((one) => [`${one.resource}.${one.operation}`, one] as const))(
			'%s: the schema is that of its output',
			async (example, { resource, operation }) => {
				const { parameters, items } = house.examples[example] ?? {};
				const credentials = Object.fromEntries(
					Object.keys(house.credentials).map((each) => [each, { id: 'schema', name: each }]),
				);
				const ended = await engine.run(
					{ type, credentials, parameters: { resource, operation, ...parameters } },
					{ items: await items?.(2) },
				);
				expect(ended.errorOf('E')).toBeUndefined();
				const rows: unknown[] = JSON.parse(
					JSON.stringify((ended.outputs('E')[0] ?? []).map(({ json }) => json)),
				);
				expect(rows.length).toBeGreaterThan(0);
				const schema = { ...schemaOf(rows, example), version: 1 };

				const committed = fileOf(source, folder, resource, operation);
				if (process.env.UPDATE_SCHEMAS === '1') {
					mkdirSync(path.dirname(committed), { recursive: true });
					writeFileSync(committed, `${JSON.stringify(schema, null, '\t')}\n`);
				}
				if (!existsSync(committed)) {
					throw new Error(`${committed} is missing: run the tests once with UPDATE_SCHEMAS=1`);
				}
				const known: unknown = JSON.parse(readFileSync(committed, 'utf8'));
				try {
					expect(known).toEqual(schema);
				} catch (difference) {
					throw new Error(
						`${committed} is not what ${example} puts out (any more): ` +
							`run the tests once with UPDATE_SCHEMAS=1\n${(difference as Error).message}`,
						{ cause: difference },
					);
				}
			},
		);

		test('no schema is left of an operation that is gone', () => {
			const wanted = operations.map((one) => `${one.resource}/${one.operation}.json`).sort();
			const there = filesBelow(path.join(source, '__schema__', folder));
			expect(there).toEqual(wanted);
		});
	},
);

const filesBelow = (folder: string) =>
	readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((name) => name.replaceAll(path.sep, '/'))
		.filter((name) => name.endsWith('.json'))
		.sort();
