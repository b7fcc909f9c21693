import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { Engine, type EngineRun } from '../engine/engine';
import { houses, type House } from './house';
import { actionNodes } from './packageNodes';

// What hangs would go on for many seconds. The faults tier says how soon it ends.
const AT_ONCE_MS = 500;

/** Everything a run leaves behind: items, errors with their stacks and causes, hints. */
function textsOf(value: unknown, at = 'run', seen = new Set<unknown>()): Array<[string, string]> {
	if (typeof value === 'string') return [[at, value]];
	if (typeof value !== 'object' || value === null || seen.has(value)) return [];
	seen.add(value);
	return Reflect.ownKeys(value).flatMap((name) => [
		...textsOf(String(name), `${at} (a name)`, seen),
		...textsOf(Reflect.get(value, name), `${at}.${String(name)}`, seen),
	]);
}

/** The places where something is said. */
const whereSaid = ({ run }: EngineRun, what: string) =>
	textsOf(run)
		.filter(([, text]) =>
			[what, encodeURIComponent(what), Buffer.from(what).toString('base64')].some((form) =>
				text.includes(form),
			),
		)
		.map(([at]) => at);

describe.each(actionNodes.map((one) => [one.node.description.name, one] as const))(
	'%s',
	(name, { type, operations }) => {
		const open = houses[name];
		let house: House;
		let engine: Engine;

		beforeAll(async () => {
			engine = await Engine.open();
			if (!open) throw new Error(`test/contract/house.ts has no house for the node ${name}`);
			house = await open(engine);
			engine.credentials = house.credentials;
		});
		afterAll(async () => await house.close());
		afterEach(() => house.heal());

		test('each operation has an example here, and each example an operation', () => {
			const known = operations.map(({ resource, operation }) => `${resource}.${operation}`);
			expect(Object.keys(house.examples).sort()).toEqual(known.sort());
		});

		test('without items nothing is sent', async () => {
			const [first] = operations;
			const before = house.requests();
			const { outputs } = await run(first?.resource ?? '', first?.operation ?? '', []);
			expect(outputs('E').flat()).toEqual([]);
			expect(house.requests()).toBe(before);
		});

		test('an operation that does not exist (any more) says so', async () => {
			const { errorOf } = await run(operations[0]?.resource ?? '', 'atAll', [{ json: {} }]);
			expect(errorOf('E')?.message).toMatch(/no operation "atAll"/);
		});

		async function run(
			resource: string,
			operation: string,
			items: INodeExecutionData[],
			{ resilience, ...more }: { resilience?: IDataObject } & IDataObject = {},
			started?: (run: { cancel(): void }) => void,
		): Promise<EngineRun> {
			const { parameters } = house.examples[`${resource}.${operation}`] ?? {};
			const credentials = Object.fromEntries(
				Object.keys(house.credentials).map((credential) => [
					credential,
					{ id: 'contract', name: credential },
				]),
			);
			const node = {
				type,
				credentials,
				parameters: { resource, operation, ...parameters, resilience } as never,
				...more,
			};
			return await engine.run(node, { items, started });
		}

		describe.each(operations.map((one) => [`${one.resource}.${one.operation}`, one] as const))(
			'%s',
			(example, { resource, operation, properties }) => {
				/** What the server says comes through, where it can say anything. */
				const said = () => (house.examples[example]?.mute ? /./ : /Not this one/);
				const about = () => house.examples[example]?.about;
				const silent = () => house.examples[example]?.silent === true;
				const items = async (count: number) => (await house.examples[example]?.items(count)) ?? [];
				const execute = async (
					given: INodeExecutionData[],
					more: { resilience?: IDataObject } & IDataObject = {},
					started?: (run: { cancel(): void }) => void,
				) => await run(resource, operation, given, more, started);

				test('pairs every row with its item, in the order of the items, whoever is first', async () => {
					const given = await items(5);
					house.delayFirst(150, about());
					const ended = await execute(given, { resilience: { concurrency: 5 } });
					expect(ended.errorOf('E')).toBeUndefined();
					const [rows = [], ...others] = ended.outputs('E');
					expect(others).toEqual([]);
					const paired = rows.map(({ pairedItem }) => pairedItem);
					expect(paired).toEqual([...paired].sort(byItem));
					const names = new Set(paired.map((one) => JSON.stringify(one)));
					expect([...names]).toEqual(given.map((_one, item) => JSON.stringify({ item })));
					for (const { json } of rows) expect(json).not.toHaveProperty('error');
				});

				test('under Continue On Fail a failed item is an error item, and nothing else', async () => {
					if (silent()) return;
					const given = await items(3);
					house.refuse('Not this one', 1, about());
					const more = { onError: 'continueRegularOutput', resilience: { concurrency: 1 } };
					const [rows = []] = (await execute(given, more)).outputs('E');
					const failed = rows.filter(({ json }) => 'error' in json);
					expect(failed.length).toBeGreaterThan(0);
					expect(failed[0]?.pairedItem).toEqual({ item: 0 });
					for (const { json, binary } of failed) {
						expect(Object.keys(json).sort()).toEqual(['error', 'message']);
						expect(json.error).toMatch(said());
						expect(typeof json.message).toBe('string');
						expect(binary).toBeUndefined();
					}
				});

				test('the Failed output holds the record of the failed item', async () => {
					if (silent()) return;
					const given = await items(3);
					house.refuse('Not this one', 1, about());
					const ended = await execute(given, {
						resilience: { concurrency: 1, failedOutput: true },
					});
					const [done = [], failed = [], ...more] = ended.outputs('E');
					expect(more).toEqual([]);
					expect(failed[0]?.pairedItem).toEqual({ item: 0 });
					const places = new Set([...done, ...failed].map(({ pairedItem }) => itemOf(pairedItem)));
					expect(places).toEqual(new Set([0, 1, 2]));
					const { hint } = { ...(failed[0]?.json.error as IDataObject) };
					expect(failed[0]?.json).toEqual({
						input: given[0]?.json,
						error: {
							...(hint !== undefined && { hint: expect.stringMatching(/\.$/) }),
							kind: expect.stringMatching(/^(invalid|conflict)$/),
							phase: 'rejected',
							code: expect.stringMatching(/./),
							message: expect.stringMatching(said()),
							status: house.refusedWith,
						},
						node: 'E',
						attempts: 1,
						firstAt: expect.stringMatching(/^20\d\d-.*Z$/),
						lastAt: expect.stringMatching(/^20\d\d-.*Z$/),
						idempotencyKey: expect.stringMatching(/^\S{16,}$/),
					});
				});

				test('ends at once when it is stopped, and lets go of the server', async () => {
					if (silent()) return;
					const given = await items(3);
					house.hang(about());
					const before = house.requests();
					let stoppedAt = 0;
					let held = 0;
					await execute(given, {}, (running) => {
						const stop = () => {
							held = house.held();
							if (house.requests() === before || held === 0) return void setTimeout(stop, 5);
							stoppedAt = performance.now();
							running.cancel();
						};
						stop();
					});
					expect(performance.now() - stoppedAt).toBeLessThan(AT_ONCE_MS);
					for (let n = 0; n < 100 && house.held() >= held; n++) {
						await new Promise((resolve) => setTimeout(resolve, 10));
					}
					expect(house.held()).toBeLessThan(held);
					const after = house.requests();
					await new Promise((resolve) => setTimeout(resolve, 50));
					expect(house.requests()).toBe(after);
				});

				test.each([
					['in the error', {}],
					['in the error item', { onError: 'continueRegularOutput' }],
					['on the error output', { onError: 'continueErrorOutput' }],
					['in the failed record', { resilience: { failedOutput: true } }],
				])('shows no secret %s, even if the server repeats it', async (_where, more) => {
					const given = await items(1);
					for (const secret of house.secrets) {
						house.heal();
						house.refuse(`No: ${secret} ${encodeURIComponent(secret)}`, undefined, about());
						const ended = await execute(given, more);
						if (!house.examples[example]?.mute && !silent()) {
							expect(whereSaid(ended, 'No: ')).not.toEqual([]);
						}
						expect(whereSaid(ended, secret)).toEqual([]);
					}
				});

				test('takes no notice of fields that are not shown', async () => {
					const hidden = properties.filter(({ displayOptions }) => {
						const { show = {} } = displayOptions ?? {};
						return Object.keys(show).some((field) => {
							const chosen = house.examples[example]?.parameters[field];
							return chosen !== undefined && !show[field]?.includes(chosen as string);
						});
					});
					const poison = Object.fromEntries(
						hidden.map((one) => [one.name, '={{ $json.no.such }}']),
					);
					const parameters = { ...house.examples[example]?.parameters, resource, operation };
					const given = await items(1);
					const { errorOf } = await execute(given, { parameters: { ...poison, ...parameters } });
					expect(errorOf('E')).toBeUndefined();
				});
			},
		);
	},
);

function itemOf(pairedItem: INodeExecutionData['pairedItem']): number {
	const [first] = [pairedItem].flat();
	return typeof first === 'object' ? first.item : (first ?? -1);
}

const byItem = (a: INodeExecutionData['pairedItem'], b: INodeExecutionData['pairedItem']) =>
	itemOf(a) - itemOf(b);
