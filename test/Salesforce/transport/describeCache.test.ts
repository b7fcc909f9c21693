import type { SalesforceRequest } from '../../../nodes/Salesforce/transport/client';
import { describeGlobal, describeObject } from '../../../nodes/Salesforce/transport/describeCache';
import { unknownField } from '../../../nodes/Salesforce/transport/describedNames';
import { systemClock } from '../../../nodes/shared/ground/clock';
import { Failure } from '../../../nodes/shared/resilience/failure';
import { scriptedClient } from '../scriptedClient';

const MODIFIED = 'Wed, 25 Nov 2026 10:00:00 GMT';

let orgs = 0;

/** An org that remembers when its objects were changed. */
function org() {
	const scope = `org ${orgs++}`;
	let nowMs = 1_000_000;
	const clock = { ...systemClock, now: () => nowMs };
	let fields = ['Id', 'Name'];
	let modified = MODIFIED;
	const answer = ({ path, headers = {} }: SalesforceRequest) => {
		if (headers['if-modified-since'] === modified) return { status: 304 };
		if (path === '/sobjects')
			return {
				headers: { 'last-modified': modified },
				json: {
					sobjects: [
						{ name: 'Account', label: 'Account', urls: {} },
						{ name: 'acme__Invoice__c', label: 'Rechnung' },
						{ name: 'Invoice__c', label: 'Customer Bill' },
					],
				},
			};
		if (!/^\/sobjects\/account\/describe$/i.test(path)) throw notFound();
		return {
			headers: { 'last-modified': modified },
			json: {
				name: 'Account',
				label: 'Account',
				urls: { sobject: '/x' },
				fields: fields.map((name) => ({ name, label: name, type: 'string', soapType: 'x' })),
			},
		};
	};
	return {
		client: () => scriptedClient(answer, { scope, clock }),
		pass: (ms: number) => (nowMs += ms),
		add(field: string) {
			fields = [...fields, field];
			modified = 'Wed, 25 Nov 2026 11:00:00 GMT';
		},
	};
}

const notFound = () =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOT_FOUND',
		status: 404,
		message: 'The requested resource does not exist',
	});

const failureOf = async (promise: Promise<unknown>): Promise<Failure> =>
	await promise.then(
		() => {
			throw new Error('It should have failed');
		},
		(error) => error as Failure,
	);

describe('describeObject', () => {
	it('asks once for all runs, whatever the case of the name', async () => {
		const { client } = org();
		const [one, two] = [client(), client()];
		const [first, second] = await Promise.all([
			describeObject(one, 'Account'),
			describeObject(two, 'ACCOUNT'),
		]);
		await describeObject(one, 'account');
		expect(first).toBe(second);
		expect(first.fields.map(({ name }) => name)).toEqual(['Id', 'Name']);
		expect([...one.requests, ...two.requests]).toHaveLength(1);
	});

	it('asks later only whether it has changed', async () => {
		const { client, pass, add } = org();
		const one = client();
		const before = await describeObject(one, 'Account');
		pass(301_000);
		expect(await describeObject(one, 'Account')).toBe(before);
		expect(one.requests[1]?.headers).toEqual({ 'if-modified-since': MODIFIED });
		pass(301_000);
		add('Region__c');
		const after = await describeObject(one, 'Account');
		expect(after.fields.map(({ name }) => name)).toContain('Region__c');
		expect(one.requests).toHaveLength(3);
	});

	it('reads it whole once an hour, since rights of the user change it as well', async () => {
		const { client, pass } = org();
		const one = client();
		await describeObject(one, 'Account');
		pass(3_601_000);
		await describeObject(one, 'Account');
		expect(one.requests[1]?.headers).toBeUndefined();
	});

	it('finds a field that was made a moment ago, and asks once for one that is not there', async () => {
		const { client, pass, add } = org();
		const one = client();
		await describeObject(one, 'Account');
		pass(20_000);
		add('Region__c');
		const found = await describeObject(one, 'Account', { fields: ['region__C'] });
		expect(found.fields).toHaveLength(3);
		for (let row = 0; row < 5; row++) await describeObject(one, 'Account', { fields: ['Reg'] });
		expect(one.requests).toHaveLength(2);
	});

	it('goes on when the run that asked was cancelled', async () => {
		const scope = `org ${orgs++}`;
		let stop: (error: Failure) => void = () => {};
		const cancelled = scriptedClient(
			async () => await new Promise((_resolve, reject) => (stop = reject)),
			{ scope },
		);
		const other = scriptedClient(() => ({ json: { name: 'Account', label: 'A', fields: [] } }), {
			scope,
		});
		const lost = failureOf(describeObject(cancelled, 'Account'));
		await new Promise(setImmediate);
		const found = describeObject(other, 'Account');
		await new Promise(setImmediate);
		expect(other.requests).toHaveLength(0);
		stop(
			new Failure({ kind: 'timeout', phase: 'rejected', code: 'CANCELLED', message: 'Cancelled' }),
		);
		expect((await lost).code).toBe('CANCELLED');
		expect((await found).name).toBe('Account');
	});

	it('names objects that may have been meant', async () => {
		const { client } = org();
		const typed = async (name: string) => await failureOf(describeObject(client(), name));
		expect(await typed('Acount')).toMatchObject({
			kind: 'invalid',
			code: 'NOT_FOUND',
			message: 'There is no object "Acount" that the user of the credential can see',
		});
		expect((await typed('Acount')).hint).toContain('Did you mean Account?');
		expect((await typed('Customer Bill')).hint).toContain('Did you mean Invoice__c?');
		expect((await typed('Invoice')).hint).toContain('acme__Invoice__c, Invoice__c');
		expect((await typed('Something')).hint).not.toContain('Did you mean');
		expect(await typed(' ')).toMatchObject({ phase: 'notSent' });
	});

	it('hands on what is no answer about the object', async () => {
		const one = scriptedClient(
			() => {
				throw new Failure({
					kind: 'unavailable',
					phase: 'rejected',
					code: 'SERVER_UNAVAILABLE',
					message: 'Too busy',
				});
			},
			{ scope: `org ${orgs++}` },
		);
		expect((await failureOf(describeObject(one, 'Account'))).code).toBe('SERVER_UNAVAILABLE');
		expect(one.requests).toHaveLength(1);
	});
});

describe('describeGlobal', () => {
	it('is kept as well, for each credential by itself', async () => {
		const [one, two] = [org().client(), org().client()];
		expect((await describeGlobal(one)).map(({ name }) => name)).toEqual([
			'Account',
			'acme__Invoice__c',
			'Invoice__c',
		]);
		await describeGlobal(one);
		await describeGlobal(two);
		expect([one.requests.length, two.requests.length]).toEqual([1, 1]);
	});
});

describe('unknownField', () => {
	it('names fields that may have been meant', async () => {
		const account = await describeObject(org().client(), 'Account');
		const failure = unknownField(account, 'Nmae');
		expect(failure.message).toBe(
			'Account has no field "Nmae" that the user of the credential can see',
		);
		expect(failure.hint).toContain('Did you mean Name?');
	});
});

it('what is no description is not taken for one', async () => {
	const one = scriptedClient(() => ({ json: { portal: 'Sign in' } }), { scope: `org ${orgs++}` });
	expect(await failureOf(describeObject(one, 'Account'))).toMatchObject({
		kind: 'unavailable',
		code: 'UNREADABLE_ANSWER',
	});
	expect((await failureOf(describeGlobal(one))).code).toBe('UNREADABLE_ANSWER');
});
