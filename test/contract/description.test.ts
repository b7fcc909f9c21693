import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { choicesOf, packageCredentials, packageNodes } from './packageNodes';

/** n8n's linter wants lists of this length and more in alphabetical order. */
const SORTED_FROM = 5;

/** The property and everything inside it. */
function withInner(property: INodeProperties): INodeProperties[] {
	const inner = (property.options ?? []).flatMap(
		(option: INodePropertyOptions | INodeProperties | INodePropertyCollection) => {
			if ('values' in option) return option.values.flatMap(withInner);
			return 'type' in option ? withInner(option) : [];
		},
	);
	return [property, ...inner];
}

const duplicates = (values: unknown[]) => values.filter((value, n) => values.indexOf(value) !== n);
const inOrder = (names: string[]) => [...names].sort((a, b) => a.localeCompare(b, 'en'));

test('the package has nodes', () => {
	expect(packageNodes.length).toBeGreaterThan(0);
});

describe.each(packageNodes.map((one) => [one.node.description.displayName, one] as const))(
	'%s',
	(_name, { node, file, operations }) => {
		const { description, methods } = node;
		const { properties } = description;
		const named = (name: string) => properties.filter((property) => property.name === name);
		const everything = properties.flatMap(withInner);
		const isTrigger = node.execute === undefined;
		// A trigger has neither resources nor operations.
		const actionTest = (title: string, body: () => void) => {
			if (!isTrigger) test(title, body);
		};

		test('introduces itself: name, icons for light and dark, a sentence, the page in the codex', () => {
			expect(description.displayName).toMatch(/^Resilient \S/);
			expect(description.defaults.name).toBe(description.displayName);
			expect(description.name).toMatch(/^[a-z][a-zA-Z0-9]+$/);
			expect(description.description.length).toBeGreaterThan(20);
			expect(description.subtitle).toContain('$parameter.');
			const icons = Object.values(description.icon ?? {}).map((icon) => icon.replace('file:', ''));
			expect(icons).toHaveLength(2);
			const folder = path.dirname(file);
			for (const icon of icons)
				expect(readFileSync(path.join(folder, icon), 'utf8')).toMatch(/<svg/);
			const codex = JSON.parse(readFileSync(file.replace(/\.js$/, '.json'), 'utf8'));
			expect(codex.categories.length).toBeGreaterThan(0);
			expect(codex.node).toBe(`n8n-nodes-resilient.${description.name}`);
		});

		test(isTrigger ? 'starts workflows' : 'can be called by an AI agent', () => {
			expect(description.usableAsTool).toBe(isTrigger ? undefined : true);
			expect(description.group.includes('trigger')).toBe(isTrigger);
			expect(description.name.endsWith('Trigger')).toBe(isTrigger);
			expect(description.displayName.endsWith(' Trigger')).toBe(isTrigger);
			if (!isTrigger) return;
			expect(description.inputs).toEqual([]);
			expect(node.trigger ?? node.webhook).toBeInstanceOf(Function);
			// Each webhook is made and removed with the workflow, as n8n asks for.
			for (const { name } of description.webhooks ?? [])
				expect(Object.keys(node.webhookMethods?.[name] ?? {}).sort()).toEqual([
					'checkExists',
					'create',
					'delete',
				]);
		});

		test('has credentials that exist and can be tested', () => {
			const credentials = description.credentials ?? [];
			expect(credentials.length).toBeGreaterThan(0);
			for (const { name, testedBy } of credentials) {
				const type = packageCredentials.find((one) => one.name === name);
				expect(type).toBeDefined();
				const test = typeof testedBy === 'string' && methods?.credentialTest?.[testedBy];
				expect(test || type?.test).toBeTruthy();
			}
		});

		actionTest('lets people choose a resource, then an operation', () => {
			const [resource, ...more] = named('resource');
			expect(more).toEqual([]);
			const resources = resource ? choicesOf(resource) : [];
			expect(resources.length).toBeGreaterThan(0);
			for (const choice of [...named('resource'), ...named('operation')]) {
				const choices = choicesOf(choice);
				expect(choice.noDataExpression).toBe(true);
				expect(choices.map(({ value }) => value)).toContain(choice.default);
				expect(choices.map(({ name }) => name)).toEqual(inOrder(choices.map(({ name }) => name)));
				expect(duplicates(choices.map(({ value }) => value))).toEqual([]);
			}
			const withOperations = new Set(operations.map((one) => one.resource));
			expect([...withOperations]).toEqual(resources.map(({ value }) => value));
		});

		actionTest('tells its operations apart in the node panel', () => {
			expect(duplicates(operations.map(({ option }) => option.action))).toEqual([]);
		});

		actionTest('has the Resilience options, for all operations', () => {
			const [resilience, ...more] = named('resilience');
			expect(more).toEqual([]);
			expect(resilience?.displayOptions).toBeUndefined();
			const options = (resilience?.options ?? []).map(({ name }) => name);
			expect(options).toEqual([
				'concurrency',
				'deadline',
				'failedOutput',
				'ledger',
				'ledgerKey',
				'maxAttempts',
				'onOutage',
			]);
		});

		actionTest('shows every other field for its own operation only', () => {
			const loose = properties.filter(
				({ name, displayOptions }) =>
					!['authentication', 'resource', 'operation', 'resilience'].includes(name) &&
					!(displayOptions?.show?.resource && displayOptions.show.operation),
			);
			expect(loose.map(({ name }) => name)).toEqual([]);
		});

		test('has a default of the right type in every field', () => {
			const wrong = everything.filter((property) => {
				if (!('default' in property)) return true;
				const { type, default: value } = property;
				// Its choices come from the system.
				if (property.typeOptions?.loadOptionsMethod) return value !== '' && !Array.isArray(value);
				if (type === 'options') return !choicesOf(property).some((one) => one.value === value);
				if (type === 'collection' || type === 'fixedCollection') return typeof value !== 'object';
				return ['string', 'number', 'boolean'].includes(type) && typeof value !== type;
			});
			expect(wrong.map(({ name }) => name)).toEqual([]);
		});

		test('names every field in the words of n8n', () => {
			for (const { name, displayName, type, description: text } of everything) {
				expect(name).toMatch(/^[a-z][a-zA-Z0-9]*$/);
				expect(displayName).toMatch(/^[A-Z]/);
				if (type === 'boolean') expect(text).toMatch(/^Whether /);
				if (text) expect(text).not.toMatch(/^\s|\s$|\s\s/);
			}
		});

		test('has lists in alphabetical order', () => {
			for (const { type, options = [] } of everything) {
				const names = options.map((option) =>
					'displayName' in option ? option.displayName : option.name,
				);
				if (type === 'collection' || names.length >= SORTED_FROM) {
					expect(names).toEqual(inOrder(names));
				}
			}
		});
	},
);

const operations = packageNodes.flatMap(({ node, operations, file }) =>
	operations.map(
		(one) => [`${node.description.name} ${one.resource}.${one.operation}`, one, file] as const,
	),
);

describe.each(operations)('%s', (_name, { resource, operation, option, properties }, file) => {
	test('says what it does', () => {
		expect(option.name).toMatch(/^[A-Z]/);
		expect(option.action).toMatch(/^[A-Z]([^A-Z]|URL|LDIF|Apex REST)*$/);
		expect(option.description?.length).toBeGreaterThan(10);
	});

	test('warns of what cannot be undone', () => {
		if (/delete|purge/i.test(operation)) expect(option.description).toMatch(/for good/);
	});

	test('has no two fields of one name', () => {
		expect(duplicates(properties.map(({ name }) => name))).toEqual([]);
		expect(duplicates(properties.map(({ displayName }) => displayName))).toEqual([]);
	});

	test('has an output schema, so that fields can be picked before the first run', () => {
		const schema = path.join('__schema__', 'v1.0.0', resource, `${operation}.json`);
		expect(existsSync(path.join(path.dirname(file), schema))).toBe(true);
	});
});
