import type { Connection } from 'jsforce';
import {
	startSalesforceSandbox,
	type SalesforceSandbox,
} from '../../../sandbox/salesforce/server.ts';
import { jsforceClient, send } from './clients.ts';

let sandbox: SalesforceSandbox;
let client: Connection;

beforeAll(async () => {
	sandbox = await startSalesforceSandbox();
	client = jsforceClient(sandbox);
});

afterAll(async () => await sandbox.close());

const newLead = (LastName: string) =>
	sandbox.store.insert('Lead', { LastName, FirstName: 'Lea', Company: 'Lead Ltd' });

const soap = () => client.soap as unknown as { convertLead(one: unknown): Promise<unknown> };

test('jsforce converts a lead; nobody converts or changes it again', async () => {
	const leadId = newLead('Convert');
	const convert = { leadId, convertedStatus: 'Closed - Converted' };
	const made = (await soap().convertLead(convert)) as Record<string, string>;
	expect(made).toMatchObject({ success: true, leadId });
	expect(sandbox.store.read(leadId)).toMatchObject({
		IsConverted: true,
		ConvertedAccountId: made.accountId,
		ConvertedContactId: made.contactId,
		ConvertedOpportunityId: made.opportunityId,
	});
	expect(sandbox.store.read(made.accountId ?? '')).toMatchObject({ Name: 'Lead Ltd' });
	expect(sandbox.store.read(made.contactId ?? '')).toMatchObject({ Name: 'Lea Convert' });
	expect(sandbox.store.read(made.opportunityId ?? '')).toMatchObject({ AccountId: made.accountId });
	const error = {
		statusCode: 'CANNOT_UPDATE_CONVERTED_LEAD',
		message: 'cannot reference converted lead',
	};
	expect(await soap().convertLead(convert)).toMatchObject({ success: false, errors: [error] });
	await expect(
		client.sobject('Lead').update({ Id: leadId, Company: 'Other' }),
	).rejects.toMatchObject({ errorCode: error.statusCode });
});

test('leads: without an opportunity, with a status that is none, of a queue', async () => {
	const before = sandbox.store.count('Account');
	const queue = sandbox.store.rows('Group')[0]?.id ?? '';
	const queued = newLead('Queued');
	sandbox.store.update(queued, { OwnerId: queue });
	const results = await soap().convertLead([
		{ leadId: newLead('A'), convertedStatus: 'Closed - Converted', doNotCreateOpportunity: true },
		{ leadId: newLead('B'), convertedStatus: 'Nope' },
		{ leadId: queued, convertedStatus: 'Closed - Converted' },
	]);
	expect(results).toMatchObject([
		{ success: true },
		{ success: false, errors: [{ statusCode: 'INVALID_STATUS' }] },
		{ success: false, errors: [{ message: expect.stringContaining('only be owned by users') }] },
	]);
	expect(sandbox.store.count('Account')).toBe(before + 1);
});

test('an expired session is a fault of SOAP', async () => {
	const { status, body } = await send(
		sandbox,
		'POST',
		'/services/Soap/u/68.0',
		'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header/><e:Body/></e:Envelope>',
		{ 'content-type': 'text/xml' },
	);
	expect(status).toBe(500);
	expect(body).toContain('<faultcode>sf:INVALID_SESSION_ID</faultcode>');
});

test('SOAP uses up the requests of the day as well', async () => {
	const own = await startSalesforceSandbox({ dailyApiRequests: 1 });
	const { soap: partner } = jsforceClient(own) as unknown as { soap: ReturnType<typeof soap> };
	expect(await partner.convertLead([])).toEqual([]);
	await expect(partner.convertLead([])).rejects.toMatchObject({
		errorCode: 'sf:REQUEST_LIMIT_EXCEEDED',
	});
	await own.close();
});

test('approvals: submitted once, approved, rejected', async () => {
	const contextId = sandbox.store.insert('Invoice__c', { Amount__c: 5 });
	const post = (request: object) =>
		send(sandbox, 'POST', '/process/approvals/', { requests: [request] });
	const list = await send(sandbox, 'GET', '/process/approvals');
	expect(list.body).toMatchObject({
		approvals: { Invoice__c: [{ name: 'Invoice Approval', object: 'Invoice__c' }] },
	});
	const submitted = await post({ actionType: 'Submit', contextId, comments: 'please' });
	expect(submitted).toMatchObject({
		status: 200,
		body: [{ success: true, errors: null, entityId: contextId, instanceStatus: 'Pending' }],
	});
	const [{ newWorkitemIds, instanceId }] = submitted.body as [
		{ newWorkitemIds: string[]; instanceId: string },
	];
	expect(await post({ actionType: 'Submit', contextId })).toMatchObject({
		status: 400,
		body: [{ success: false, errors: [{ statusCode: 'ALREADY_IN_PROCESS' }] }],
	});
	const pending = await client.query(
		"SELECT Id, ProcessInstance.TargetObjectId, ProcessInstance.ProcessDefinition.Name FROM ProcessInstanceWorkitem WHERE ProcessInstance.Status = 'Pending'",
	);
	expect(pending.records).toMatchObject([
		{
			Id: newWorkitemIds[0],
			ProcessInstance: {
				TargetObjectId: contextId,
				ProcessDefinition: { Name: 'Invoice Approval' },
			},
		},
	]);
	const approved = await post({ actionType: 'Approve', contextId: newWorkitemIds[0] });
	expect(approved.body).toMatchObject([{ instanceStatus: 'Approved', instanceId }]);
	expect(await post({ actionType: 'Reject', contextId: newWorkitemIds[0] })).toMatchObject({
		status: 400,
		body: [{ errors: [{ statusCode: 'INVALID_CROSS_REFERENCE_KEY' }] }],
	});
	const other = sandbox.store.insert('Account', { Name: 'No process' });
	expect((await post({ actionType: 'Submit', contextId: other })).body).toMatchObject([
		{ errors: [{ statusCode: 'NO_APPLICABLE_PROCESS' }] },
	]);
});

test('flows and actions: listed, described, invoked with several inputs', async () => {
	const lead = newLead('Scored');
	const list = await send(sandbox, 'GET', '/actions/custom/flow');
	expect(list.body).toEqual({
		actions: [
			{
				label: 'Score Lead',
				name: 'Score_Lead',
				type: 'FLOW',
				url: '/services/data/v68.0/actions/custom/flow/Score_Lead',
			},
		],
	});
	const described = await send(sandbox, 'GET', '/actions/custom/flow/Score_Lead');
	expect(described.body).toMatchObject({
		inputs: [{ name: 'leadId', required: true, type: 'REFERENCE' }, { name: 'points' }],
	});
	const path = '/actions/custom/flow/Score_Lead';
	const inputs = [{ leadId: lead, points: 5 }, { leadId: lead, points: -1 }, {}];
	const answer = await send(sandbox, 'POST', path, { inputs });
	expect(answer).toMatchObject({
		status: 400,
		body: [
			{
				actionName: 'Score_Lead',
				errors: null,
				isSuccess: true,
				outputValues: { score: 5, Flow__InterviewStatus: 'Finished' },
			},
			{ isSuccess: false, errors: [{ statusCode: 'UNKNOWN_EXCEPTION' }], outputValues: null },
			{ isSuccess: false, errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }] },
		],
	});
	expect(sandbox.store.read(lead)).toMatchObject({ Score__c: 5 });
	const echo = await send(sandbox, 'POST', '/actions/custom/apex/EchoAction', {
		inputs: [{ text: 'a' }, { text: 'b' }],
	});
	expect(echo).toMatchObject({
		status: 200,
		body: [{ outputValues: { output: 'a' } }, { outputValues: { output: 'b' } }],
	});
	expect((await send(sandbox, 'POST', '/actions/custom/flow/Nope', { inputs })).status).toBe(404);
});

test('jsforce calls Apex REST', async () => {
	expect(await client.apex.post('/echo/a b?x=1', { hello: 'world' })).toMatchObject({
		method: 'POST',
		body: { hello: 'world' },
		query: { x: '1' },
	});
	// By hand: jsforce 3.10 never ends a POST that is answered with 500.
	const failed = await send(sandbox, 'POST', '/services/apexrest/echo/fail', {});
	expect(failed).toMatchObject({ status: 500, body: [{ errorCode: 'APEX_ERROR' }] });
	await expect(client.apex.get('/nothing')).rejects.toMatchObject({ errorCode: 'NOT_FOUND' });
});

test('jsforce searches', async () => {
	const acme = sandbox.store.insert('Account', { Name: 'Acme Rockets', Phone: '555 1234' });
	sandbox.store.insert('Contact', { LastName: 'Coyote', Email: 'wile@acme.example' });
	const found = async (sosl: string) => (await client.search(sosl)).searchRecords;
	expect(await found('FIND {Rock*} IN NAME FIELDS RETURNING Account(Id, Name)')).toEqual([
		{
			attributes: { type: 'Account', url: `/services/data/v68.0/sobjects/Account/${acme}` },
			Id: acme,
			Name: 'Acme Rockets',
		},
	]);
	expect(await found('FIND {acme} RETURNING Account, Contact')).toHaveLength(2);
	expect(await found('FIND {acme AND NOT rockets} RETURNING Account, Contact')).toHaveLength(1);
	expect(await found('FIND {"rockets acme"} RETURNING Account')).toHaveLength(0);
	expect(
		await found(
			"FIND {acme OR coyote} RETURNING Account(Name WHERE Phone = '0'), Contact(Name LIMIT 1)",
		),
	).toMatchObject([{ Name: 'Coyote' }]);
	const body = { q: 'acme', fields: ['Id', 'Name'], sobjects: [{ name: 'Account', limit: 1 }] };
	const byPost = await send(sandbox, 'POST', '/parameterizedSearch', body);
	const byGet = await send(
		sandbox,
		'GET',
		'/parameterizedSearch?q=acme&sobject=Account&Account.fields=Id,Name&Account.limit=1',
	);
	expect(byPost.body).toMatchObject({ searchRecords: [{ Id: acme, Name: 'Acme Rockets' }] });
	expect(byGet.body).toEqual(byPost.body);
	for (const sosl of ['FIND {a}', 'SEEK {abc}']) {
		await expect(client.search(sosl)).rejects.toMatchObject({ errorCode: 'MALFORMED_SEARCH' });
	}
});

test('jsforce runs reports, at once and later; a file has all rows', async () => {
	for (let n = 0; n < 2100; n++) {
		const Industry = n % 2 ? 'Energy' : 'Banking';
		sandbox.store.insert('Account', { Name: `R ${n}`, Industry, AnnualRevenue: 10 });
	}
	const reports = await client.analytics.reports();
	const byIndustry = reports.find(({ name }) => name === 'Accounts by Industry');
	const report = client.analytics.report(byIndustry?.id ?? '');
	expect((await report.describe()).reportMetadata).toMatchObject({ reportFormat: 'SUMMARY' });
	const reportMetadata = {
		reportFilters: [{ column: 'Industry', operator: 'equals', value: 'Energy' }],
	};
	const result = await report.execute({ details: true, metadata: { reportMetadata } as never });
	expect(result).toMatchObject({
		allData: true,
		groupingsDown: { groupings: [{ key: '0', label: 'Energy' }] },
		factMap: { '0!T': { aggregates: [{ value: 10_500 }, { label: '1050' }] } },
	});
	const all = await report.execute({ details: true });
	expect(all.allData).toBe(false);
	const started = await report.executeAsync();
	const instance = report.instance(started.id);
	expect((await instance.retrieve()).attributes.status).toBe('Running');
	expect((await instance.retrieve()).attributes.status).toBe('Success');
	const file = await send(sandbox, 'GET', `/analytics/reports/${byIndustry?.id}`, undefined, {
		accept: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	});
	expect(String(file.body).match(/<row>/g)).toHaveLength(sandbox.store.count('Account') + 1);
});

test('limits and counts of records', async () => {
	const { DailyApiRequests } = await client.limits();
	expect(DailyApiRequests?.Max).toBe(100_000);
	expect(DailyApiRequests?.Remaining).toBeLessThan(100_000);
	const counts = await send(sandbox, 'GET', '/limits/recordCount?sObjects=Account,Nope');
	expect(counts.body).toEqual({
		sObjects: [{ count: sandbox.store.count('Account'), name: 'Account' }],
	});
});
