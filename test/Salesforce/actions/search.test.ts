import { search } from '../../../nodes/Salesforce/actions/query/search.operation';
import { act } from './acting';
import { startOrg } from './org';

let started: Awaited<ReturnType<typeof startOrg>>;

beforeAll(async () => {
	started = await startOrg();
	const { store } = started.org;
	store.insert('Account', { Name: 'Acme Bonn', BillingCity: 'Bonn' });
	store.insert('Account', { Name: 'Acme Berlin', BillingCity: 'Berlin' });
	store.insert('Contact', { LastName: 'Acme', Email: 'ann@acme.example' });
	store.insert('Lead', { LastName: 'Rock', Company: 'Rock and Roll' });
});
afterAll(async () => await started.org.close());

const find = async (given: Record<string, unknown>) => {
	// What is not shown has a value here, and is not looked at.
	const hidden = { text: 'hidden', sosl: 'hidden' };
	const { answer } = await act(search, started.signedIn(), { ...hidden, ...given });
	return answer as Array<Record<string, unknown>>;
};
const objects = {
	rows: [
		{ name: 'Account', fields: 'Name', where: "BillingCity = 'Bonn'", most: 0 },
		{ name: 'Contact', fields: 'Email', where: '', most: 1 },
	],
};

test('a text in several objects; each record says what it is', async () => {
	expect(await find({ text: 'Acme', objects })).toMatchObject([
		{ attributes: { type: 'Account' }, Name: 'Acme Bonn' },
		{ attributes: { type: 'Contact' }, Email: 'ann@acme.example' },
	]);
});

test('nothing in a text is an operator or a wildcard, unless somebody wants it', async () => {
	const accounts = { rows: [{ name: 'Account', fields: 'Name', where: '', most: 0 }] };
	expect(await find({ text: 'Acm*', objects: accounts })).toEqual([]);
	expect(
		await find({ text: 'Acm*', objects: accounts, options: { operators: true } }),
	).toHaveLength(2);
	const leads = { rows: [{ name: 'Lead', fields: 'Company', where: '', most: 0 }] };
	expect(await find({ text: 'Rock and Roll', objects: leads })).toMatchObject([
		{ Company: 'Rock and Roll' },
	]);
});

test('SOSL with values that stay values', async () => {
	const queryValues = {
		rows: [
			{ name: 'text', kind: 'text', value: 'Acme' },
			{ name: 'city', kind: 'text', value: 'Berlin' },
		],
	};
	const sosl =
		'FIND {:text} IN NAME FIELDS RETURNING Account(Name WHERE BillingCity = :city LIMIT 5)';
	expect(await find({ searchBy: 'sosl', sosl, queryValues })).toMatchObject([
		{ Name: 'Acme Berlin' },
	]);
});

test.each([
	[{ text: 'A' }, 'two characters'],
	[
		{
			text: 'Acme',
			objects: { rows: [{ name: 'Account(Id)', fields: 'Id', where: '', most: 0 }] },
		},
		'API names',
	],
])('what Salesforce would refuse is named first: %p', async (given, hint) => {
	await expect(find(given)).rejects.toMatchObject({
		phase: 'notSent',
		hint: expect.stringContaining(hint) as string,
	});
});
