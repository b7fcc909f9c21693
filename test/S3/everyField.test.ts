import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { resources } from '../../nodes/S3/actions/resources';
import type { House } from '../contract/house';
import { openS3 } from '../contract/s3.house';
import { Engine } from '../engine/engine';
import { rowsOf } from './nodeBench';

// What expressions give when an item is not as the author of the workflow thought.
const ODD: unknown[] = ['', ' ', null, 0, -1, 1.5, true, 'no such', {}, [], ['a'], { a: 1 }];
const odd = [...ODD.map((value) => ({ value })), {}];

let engine: Engine;
let house: House;
beforeAll(async () => {
	engine = await Engine.open({ binary: 'filesystem' });
	house = await openS3(engine);
	Object.assign(engine.credentials, house.credentials);
});
afterAll(async () => await house.close());

type Change = (parameters: IDataObject) => IDataObject;

/** For each field of an operation how it comes to take its value from the item. */
function fieldsOf(properties: INodeProperties[]): Array<[string, Change]> {
	const value = '={{ $json.value }}';
	return properties.flatMap(({ name, type, options = [] }): Array<[string, Change]> => {
		if (type === 'notice' || type === 'fixedCollection') return [];
		if (type !== 'collection') return [[name, (good) => ({ ...good, [name]: value })]];
		const members = options.flatMap((one) => ('type' in one ? [one] : []));
		return fieldsOf(members).map(([member, change]) => [
			`${name} > ${member}`,
			(good) => ({ ...good, [name]: change((good[name] ?? {}) as IDataObject) }),
		]);
	});
}

const itemOf = ({ pairedItem }: { pairedItem?: unknown }) => (pairedItem as { item: number }).item;
const NONSENSE = /\[object|undefined|not a function|Cannot read|\bNaN\b/;

/** What became of items with odd values that should not become of them. */
async function wrongWith(name: string, parameters: IDataObject): Promise<string[]> {
	const [resource, operation] = name.split('.');
	const good = (await house.examples[name]?.items(odd.length)) ?? [];
	const run = await engine.run(
		{
			type: 'n8n-nodes-resilient.s3',
			credentials: { resilientS3Api: { id: 'c', name: 'c' } },
			parameters: {
				...parameters,
				...{ resource, operation, resilience: { failedOutput: true, maxAttempts: 1 } },
			},
		},
		{ items: odd.map((json, n) => ({ ...good[n], json: { ...good[n]?.json, ...json } })) },
	);
	const failed = rowsOf(run, 1);
	const done = new Set(rowsOf(run).map(itemOf));
	const both = failed.map(itemOf).filter((item) => done.has(item));
	return [
		...(run.errorOf('E') ? [`the node failed: ${String(run.errorOf('E')?.message)}`] : []),
		...both.map((item) => `item ${item} is in both outputs`),
		...failed.flatMap(({ json, ...of }) => {
			const { kind, code, message } = json.error as Record<string, string>;
			if (kind !== 'bug' && !NONSENSE.test(message ?? '')) return [];
			return [`${JSON.stringify(ODD[itemOf(of)])}: ${kind} ${code} ${message}`];
		}),
	];
}

const operations = resources.flatMap(({ value, operations: of }) =>
	of.map((one) => [`${value}.${one.value}`, one.properties as INodeProperties[]] as const),
);

test.each(operations)(
	'%s: an odd value fails its item alone, in words, or is taken',
	async (name, properties) => {
		const wrong: string[] = [];
		for (const [field, change] of fieldsOf(properties)) {
			const parameters = change(house.examples[name]?.parameters ?? {});
			const found = await wrongWith(name, parameters).catch((error: unknown) =>
				// n8n asks by itself for what is required.
				/required/.test(String(error)) ? [] : [String(error)],
			);
			wrong.push(...found.map((what) => `${field}: ${what}`));
		}
		expect(wrong).toEqual([]);
	},
	120_000,
);
