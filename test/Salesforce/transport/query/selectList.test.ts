import { cellReader, moreColumns } from '../../../../nodes/Salesforce/transport/query/cells';
import { selectList } from '../../../../nodes/Salesforce/transport/query/selectList';

const names = (soql: string) => selectList(soql)?.columns.map(({ name }) => name);

test.each([
	['SELECT Id, Name FROM Account', ['Id', 'Name']],
	['select id,owner.name from account limit 1', ['id', 'owner.name']],
	[
		'SELECT a.Id, a.Owner.Name, Account.Name FROM Account a WHERE a.Id != NULL',
		['Id', 'Owner.Name', 'Name'],
	],
	['SELECT Id FROM Account AS acc', ['Id']],
	[
		"SELECT Id, (SELECT Id, (SELECT Id FROM Cases) FROM Contacts WHERE Name = ')'), Name FROM Account",
		['Id', 'Contacts', 'Name'],
	],
	[
		'SELECT toLabel(Industry), FORMAT(Amount) shown, convertCurrency(Amount) FROM Opportunity',
		['Industry', 'shown', 'Amount'],
	],
	['SELECT TYPEOF What WHEN Account THEN Phone, Name ELSE Name END, Id FROM Event', ['What', 'Id']],
	[
		'SELECT COUNT(Id), Account.Name, SUM(Amount) total, MAX(Amount) FROM Opportunity GROUP BY Account.Name',
		['expr0', 'Account.Name', 'total', 'expr1'],
	],
	[
		'SELECT CALENDAR_YEAR(CreatedDate), COUNT(Id) n FROM Lead GROUP BY CALENDAR_YEAR(CreatedDate)',
		['expr0', 'n'],
	],
	["SELECT DISTANCE(Location__c, GEOLOCATION(1, 2), 'km') FROM Shop__c", ['expr0']],
	['SELECT FIELDS(STANDARD), Owner.Name FROM Account', ['Owner.Name']],
	['FIND {x}', undefined],
	['', undefined],
])('the columns of %s', (soql, expected) => {
	expect(names(soql)).toEqual(expected);
});

test('what the text says besides columns', () => {
	expect(selectList('SELECT count ( ) FROM Account')).toMatchObject({ onlyCount: true });
	expect(selectList('SELECT COUNT(Id) FROM Account')).toMatchObject({
		onlyCount: false,
		onlyRest: true,
	});
	expect(selectList('SELECT Id, (SELECT Id FROM Contacts) FROM Account')).toMatchObject({
		onlyRest: true,
	});
	expect(selectList('SELECT Industry FROM Account GROUP BY Industry')).toMatchObject({
		onlyRest: true,
	});
	expect(selectList("SELECT Id FROM Account WHERE Name = ' GROUP BY '")).toMatchObject({
		onlyRest: false,
	});
	expect(selectList('SELECT FIELDS(ALL) FROM Account')).toMatchObject({ open: true, columns: [] });
});

test('cells are found in any spelling, through parents that may be missing', () => {
	const cells = cellReader(
		selectList('SELECT id, owner.NAME, contacts FROM Account')?.columns ?? [],
	);
	expect(cells({ Id: '1', Owner: null, Contacts: [{ Id: 'c' }] })).toEqual([
		'1',
		undefined,
		'[{"Id":"c"}]',
	]);
	expect(cells({ Id: '2', Owner: { Name: 'Ann' }, Contacts: null })).toEqual(['2', 'Ann', null]);
	expect(cells({ Id: '3', Owner: null, Contacts: null })).toEqual(['3', undefined, null]);
});

test('a summary has no parents in its rows', () => {
	const columns =
		selectList('SELECT Account.Name, COUNT(Id) n FROM Contact GROUP BY Account.Name')?.columns ??
		[];
	expect(cellReader(columns)({ Name: 'ACME', n: 3 })).toEqual(['ACME', 3]);
});

test('columns that only the rows know', () => {
	const { columns = [] } = selectList('SELECT FIELDS(STANDARD), Owner.Name FROM Account') ?? {};
	const rows = [
		{ Id: '1', Owner: { Name: 'Ann' } },
		{ Id: '2', Extra__c: 1, Owner: null },
	];
	expect(moreColumns(columns, rows).map(({ name }) => name)).toEqual([
		'Id',
		'Extra__c',
		'Owner.Name',
	]);
});
