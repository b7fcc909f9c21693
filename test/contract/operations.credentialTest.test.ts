import type { INodeCredentialTestResult } from 'n8n-workflow';
import { Engine } from '../engine/engine';
import { houses, type CredentialCase, type House } from './house';
import { actionNodes } from './packageNodes';

/** Longer than this, people take the button for broken. */
const PATIENCE_MS = 15_000;

describe.each(actionNodes.map((one) => [one.node.description.name, one] as const))(
	'the test button of the credential of %s',
	(name, { node }) => {
		let house: House;

		beforeAll(async () => {
			const open = houses[name];
			if (!open) throw new Error(`test/contract/house.ts has no house for the node ${name}`);
			house = await open(await Engine.open());
		});
		afterAll(async () => await house.close());
		afterEach(() => house.heal());

		async function answerTo({ type, data, before }: CredentialCase) {
			const { CredentialTestContext } = await import('n8n-core');
			const { testedBy } =
				node.description.credentials?.find((credential) => credential.name === type) ?? {};
			const test = node.methods?.credentialTest?.[String(testedBy)];
			if (!test) throw new Error(`${name} has no test for ${type}`);
			before?.();
			const credential = { id: '1', name: 'Mine', type, data };
			return await test.call(new CredentialTestContext(), credential);
		}

		const expectAnswer = (
			{ status, message }: INodeCredentialTestResult,
			{ what, says, data }: CredentialCase,
		) => {
			expect(`${status}: ${message}`).toMatch(new RegExp(what === 'good' ? '^OK: ' : '^Error: '));
			expect(message).toMatch(says);
			for (const [field, value] of Object.entries(data)) {
				if (value && /secret/i.test(field)) expect(message).not.toContain(value);
			}
		};

		test.each(['good', 'wrong secret', 'unreachable host', 'not allowed'] as const)(
			'%s',
			async (what) => {
				const cases = house.credentialCases.filter((one) => one.what === what);
				expect(cases.length).toBeGreaterThan(0);
				for (const one of cases) {
					const startedAt = performance.now();
					expectAnswer(await answerTo(one), one);
					expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS);
					house.heal();
				}
			},
			60_000,
		);

		test('a server that does not answer is given up', async () => {
			const [good] = house.credentialCases;
			house.hang();
			const startedAt = performance.now();
			const answer = good && (await answerTo(good));
			expect(answer).toMatchObject({ status: 'Error', message: expect.stringMatching(/15 s/) });
			expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS + 2_000);
		}, 60_000);

		test('a wrong credential that somebody is typing does not disturb running workflows', async () => {
			const [good] = house.credentialCases;
			const bad = house.credentialCases.find(({ what }) => what === 'unreachable host');
			for (let n = 0; n < 20; n++) if (bad) await answerTo(bad);
			const startedAt = performance.now();
			expect(good && (await answerTo(good))).toMatchObject({ status: 'OK' });
			expect(performance.now() - startedAt).toBeLessThan(1_000);
		}, 60_000);
	},
);
