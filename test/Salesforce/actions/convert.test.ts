import { convert } from '../../../nodes/Salesforce/actions/lead/convert.operation';
import type { Asked, Answer } from '../orgStub';
import { clientAt, startOrgStub } from '../orgStub';

let close: () => Promise<void> = async () => {};
afterEach(async () => await close());

async function org(answer: (asked: Asked, nth: number) => Answer) {
	const stub = await startOrgStub(answer);
	close = stub.close;
	return { ...stub, client: clientAt(stub.url, {}, { learn: () => {} }) };
}

const envelope = (inside: string) =>
	`<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${inside}</soapenv:Body></soapenv:Envelope>`;
const done = (lead: string) =>
	`<result><accountId>001000000000001AAA</accountId><contactId>003000000000001AAA</contactId><leadId>${lead}</leadId><opportunityId xsi:nil="true"/><success>true</success></result>`;
const refused = (code: string, message: string) =>
	`<result><accountId xsi:nil="true"/><contactId xsi:nil="true"/><errors><message>${message}</message><statusCode>${code}</statusCode></errors><leadId xsi:nil="true"/><opportunityId xsi:nil="true"/><success>false</success></result>`;
const answered = (results: string): Answer => ({
	headers: { 'content-type': 'text/xml' },
	body: envelope(`<convertLeadResponse>${results}</convertLeadResponse>`),
});

const LEAD = '00Q000000000001AAA';
const input = (lead: string, more: Record<string, unknown> = {}, options: object = {}) =>
	({
		recordId: lead,
		convertedStatus: 'Qualified',
		createOpportunity: false,
		options,
		...more,
	}) as never;
const converted = (lead: string) => ({
	leadId: lead,
	accountId: '001000000000001AAA',
	contactId: '003000000000001AAA',
	opportunityId: null,
});

test('leads of all items go in one call, each with its result; a wrong ID stops only its own item', async () => {
	const leads = [LEAD, 'nonsense', '00Q000000000002AAA'];
	const { client, requests } = await org(() =>
		answered(done(LEAD) + refused('INVALID_STATUS', 'invalid convertedStatus: Open')),
	);
	const results = await convert.executeAll(
		client,
		leads.map((lead) => input(lead)),
	);
	expect(results[0]).toEqual(converted(LEAD));
	expect(results[1]).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	expect((results[1] as Error).message).toContain('"Lead"');
	expect(results[2]).toMatchObject({ code: 'INVALID_STATUS', phase: 'rejected' });
	expect(requests.map(({ path }) => path)).toEqual(['/services/Soap/u/68.0']);
	const [{ body = '', headers } = {}] = requests;
	expect(headers?.['content-type']).toBe('text/xml; charset=UTF-8');
	expect(headers?.soapaction).toBe('""');
	expect(body.match(/<leadConverts>/g)).toHaveLength(2);
	expect(body).toContain('<sessionId>00D000000000001!first-token</sessionId>');
});

test('what stands in a lead is text, whatever it looks like, and comes in the order of the schema', async () => {
	const { client, requests } = await org(() => answered(done(LEAD)));
	const options = {
		opportunityName: '</urn:x> & "Löwe"',
		accountId: '001000000000001AAA',
		contactId: '003000000000001AAA',
		overwriteLeadSource: true,
		ownerId: '005000000000001AAA',
		sendNotificationEmail: true,
		allowDuplicates: true,
	};
	await convert.executeAll(client, [input(LEAD, { createOpportunity: true }, options)]);
	const [{ body = '' } = {}] = requests;
	const inside = body.slice(body.indexOf('<leadConverts>'), body.indexOf('</leadConverts>'));
	expect([...inside.matchAll(/<(\w+)>/g)].map(([, name]) => name)).toEqual([
		'leadConverts',
		'accountId',
		'contactId',
		'convertedStatus',
		'doNotCreateOpportunity',
		'leadId',
		'opportunityName',
		'overwriteLeadSource',
		'ownerId',
		'sendNotificationEmail',
	]);
	expect(inside).toContain('&lt;/urn:x&gt; &amp; ');
	expect(body).toContain('<allowSave>true</allowSave>');
});

test('the answer is lost: the lead is converted once, and what became of it is asked for', async () => {
	let conversions = 0;
	const { client, requests } = await org(({ path }) => {
		if (path.includes('/sobjects/Lead/'))
			return {
				body: {
					ConvertedAccountId: '001000000000001AAA',
					ConvertedContactId: '003000000000001AAA',
					ConvertedOpportunityId: null,
				},
			};
		if (conversions++ === 0) return { cut: true };
		return answered(refused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead'));
	});
	expect(await convert.executeAll(client, [input(LEAD)])).toEqual([converted(LEAD)]);
	expect(requests).toHaveLength(3);
});

test('it is converted, but cannot be read: that is not told as a refusal, and others keep their results', async () => {
	let conversions = 0;
	const { client } = await org(({ path }) => {
		if (path.includes('/sobjects/Lead/'))
			return { status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'not visible' }] };
		if (conversions++ === 0) return { cut: true };
		return answered(
			refused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead') +
				done('00Q000000000002AAA'),
		);
	});
	const results = await convert.executeAll(client, [input(LEAD), input('00Q000000000002AAA')]);
	expect(results[0]).toMatchObject({ code: 'NOT_FOUND', phase: 'maybeDone' });
	expect(results[1]).toEqual(converted('00Q000000000002AAA'));
});

test('only the leads that were locked are sent again', async () => {
	const { client, requests } = await org((_asked, nth) =>
		nth === 1
			? answered(done(LEAD) + refused('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access'))
			: answered(done('00Q000000000002AAA')),
	);
	const results = await convert.executeAll(client, [input(LEAD), input('00Q000000000002AAA')]);
	expect(results).toEqual([converted(LEAD), converted('00Q000000000002AAA')]);
	expect(requests.map(({ body }) => body.match(/<leadConverts>/g)?.length)).toEqual([2, 1]);
});

test('an answer that leaves open what was done counts as a lost one', async () => {
	let conversions = 0;
	const { client } = await org(({ path }) => {
		if (path.includes('/sobjects/Lead/'))
			return {
				body: {
					ConvertedAccountId: '001000000000001AAA',
					ConvertedContactId: '003000000000001AAA',
					ConvertedOpportunityId: null,
				},
			};
		if (conversions++ > 0)
			return answered(refused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead'));
		const fault =
			'<soapenv:Fault><faultcode>sf:UNKNOWN_EXCEPTION</faultcode><faultstring>UNKNOWN_EXCEPTION: An unexpected error occurred</faultstring></soapenv:Fault>';
		return { status: 500, headers: { 'content-type': 'text/xml' }, body: envelope(fault) };
	});
	expect(await convert.executeAll(client, [input(LEAD)])).toEqual([converted(LEAD)]);
});

test('a lead that somebody else has converted is a failure', async () => {
	const { client } = await org(() =>
		answered(refused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead')),
	);
	const [result] = await convert.executeAll(client, [input(LEAD)]);
	expect(result).toMatchObject({ code: 'CANNOT_UPDATE_CONVERTED_LEAD', phase: 'rejected' });
});

test('a fault fails all items of the call, without the session in its words', async () => {
	const { client } = await org(() => ({
		status: 500,
		headers: { 'content-type': 'text/xml' },
		body: envelope(
			'<soapenv:Fault><faultcode>sf:INSUFFICIENT_ACCESS</faultcode><faultstring>INSUFFICIENT_ACCESS: session 00D000000000001!first-token may not convert</faultstring></soapenv:Fault>',
		),
	}));
	const results = await convert.executeAll(client, [input(LEAD), input('00Q000000000002AAA')]);
	expect(results).toHaveLength(2);
	for (const result of results) {
		expect(result).toMatchObject({ code: 'INSUFFICIENT_ACCESS' });
		expect((result as Error).message).not.toContain('first-token');
	}
});

test('without a status the first one of the org that means converted is taken', async () => {
	const { client, requests } = await org(({ path }) =>
		path.includes('/query')
			? { body: { totalSize: 1, done: true, records: [{ ApiName: 'Closed - Converted' }] } }
			: answered(done(LEAD)),
	);
	await convert.executeAll(client, [input(LEAD, { convertedStatus: '' })]);
	expect(requests.at(-1)?.body).toContain('<convertedStatus>Closed - Converted</convertedStatus>');
});
