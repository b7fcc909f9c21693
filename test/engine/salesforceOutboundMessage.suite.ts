import type { IDataObject, INode } from 'n8n-workflow';
import { EventEmitter } from 'node:events';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { startSalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import { Engine } from './engine';

const ORGANIZATION = '00D5e000000KQ2eEAG';
const SESSION = '00D5e000000KQ2e!AQEAQsecretSessionOfTheOrg';

interface Posting {
	/** n8n could start the run */
	started?: boolean;
	mode?: 'manual' | 'webhook';
}

/** An answer of n8n as far as a node can write one. */
class Answer extends EventEmitter {
	statusCode = 200;
	body: unknown;
	headers: Record<string, string> = {};
	setHeader(name: string, value: string) {
		this.headers[name] = value;
	}
	status(code: number) {
		this.statusCode = code;
		return this;
	}
	json(body: unknown) {
		this.body = body;
	}
}

const notification = (id: string, fields: string) => `
  <Notification>
   <Id>${id}</Id>
   <sObject xsi:type="sf:Account" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">${fields}</sObject>
  </Notification>`;

/** As Salesforce posts it. */
const message = (notifications: string) =>
	`<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>${ORGANIZATION}</OrganizationId>
   <ActionId>04k5e000000CaRkAAK</ActionId>
   <SessionId>${SESSION}</SessionId>
   <EnterpriseUrl>https://mycompany.my.salesforce.com/services/Soap/c/68.0/00D5e000000KQ2e</EnterpriseUrl>
   <PartnerUrl>https://mycompany.my.salesforce.com/services/Soap/u/68.0/00D5e000000KQ2e</PartnerUrl>${notifications}
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>`;

/** @param from folder with the n8n-core to run on; the newest one where it is left out */
export function salesforceOutboundMessageSuite(from?: string): void {
	let engine: Engine;
	let sandbox: SalesforceSandbox;
	let workflows = 0;

	beforeAll(async () => {
		engine = await Engine.open({ from });
		sandbox = await startSalesforceSandbox();
		const { url, clientId, username, privateKey } = sandbox;
		engine.credentials.resilientSalesforceJwtApi = {
			...{ myDomain: url, apiVersion: '68.0', clientId, username, privateKey },
		};
	});
	afterAll(async () => await sandbox?.close());

	/** A webhook of one workflow; its memory is kept as n8n keeps it. */
	const webhook = (parameters: object = {}) => {
		const node: Partial<INode> = {
			id: `outbound-${workflows++}`,
			type: 'n8n-nodes-resilient.salesforceOutboundMessageTrigger',
			webhookId: 'hook',
			credentials: { resilientSalesforceJwtApi: { id: 'jwt', name: 'Salesforce' } },
			parameters: { organizationId: ORGANIZATION, ...parameters },
		};
		let memory = '{}';
		return {
			memory: () => memory,
			async post(text: string, { started = true, mode = 'webhook' }: Posting = {}) {
				const workflow = engine.activeWorkflow(node, JSON.parse(memory) as IDataObject);
				const answer = new Answer();
				const request = {
					body: {},
					rawBody: Buffer.from(text),
					headers: {},
					params: {},
					query: {},
				};
				const context = engine.webhookContext(workflow, mode, request, answer);
				const result = await engine.typeOf(workflow).webhook?.call(context);
				// n8n answers and saves once the run has been started.
				if (started) {
					answer.emit('finish');
					memory = JSON.stringify(workflow.staticData);
				}
				const items = (result?.workflowData?.[0] ?? []).map(({ json }) => json);
				return {
					status: answer.statusCode,
					answer,
					items,
					said: result?.webhookResponse as unknown,
				};
			},
		};
	};
	const two = message(
		notification(
			'04l5e00000Gx7QzAAJ',
			'<sf:Id>0015e00000ZkM3hAAF</sf:Id><sf:Name>A &amp; B</sf:Name><sf:Phone xsi:nil="true"/>',
		) + notification('04l5e00000Gx7R0AAJ', '<sf:Id>0015e00000ZkM3iAAF</sf:Id><sf:Name>C</sf:Name>'),
	);

	test('a message starts the workflow with one item per record, and is acknowledged', async () => {
		const { status, items, said, answer } = await webhook().post(two);
		expect(status).toBe(200);
		expect(items).toEqual([
			{
				organizationId: ORGANIZATION,
				actionId: '04k5e000000CaRkAAK',
				notificationId: '04l5e00000Gx7QzAAJ',
				object: 'Account',
				record: { Id: '0015e00000ZkM3hAAF', Name: 'A & B', Phone: null },
			},
			expect.objectContaining({ notificationId: '04l5e00000Gx7R0AAJ' }),
		]);
		expect(answer.headers['content-type']).toMatch(/^text\/xml/);
		expect(said).toMatch(
			/<Envelope xmlns="http:\/\/schemas\.xmlsoap\.org\/soap\/envelope\/"><Body><notificationsResponse xmlns="http:\/\/soap\.sforce\.com\/2005\/09\/outbound"><Ack>true<\/Ack><\/notificationsResponse><\/Body><\/Envelope>$/,
		);
	});

	test('no session of the org reaches the workflow, its memory or the answer', async () => {
		const hook = webhook();
		const told = await hook.post(two);
		expect(JSON.stringify([told.items, told.said, hook.memory()])).not.toContain('secretSession');
	});

	test('what is sent again is acknowledged, and starts nothing', async () => {
		const hook = webhook();
		await hook.post(two);
		const again = await hook.post(two);
		expect(again.items).toEqual([]);
		expect(again.said).toContain('<Ack>true</Ack>');
		const three = two.replace(
			'</notifications>',
			`${notification('04l5e00000Gx7R1AAJ', '<sf:Id>0015e00000ZkM3jAAF</sf:Id>')}</notifications>`,
		);
		expect((await hook.post(two, { mode: 'manual' })).items).toHaveLength(2);
		expect((await hook.post(three)).items.map(({ notificationId }) => notificationId)).toEqual([
			'04l5e00000Gx7R1AAJ',
		]);
	});

	test('what n8n could not start is no duplicate when it is sent again', async () => {
		const hook = webhook();
		await hook.post(two, { started: false });
		expect((await hook.post(two)).items).toHaveLength(2);
	});

	test('messages of another org, of another action, and what is no message are refused', async () => {
		const other = await webhook().post(two.replace(ORGANIZATION, '00D000000000001AAA'));
		expect([other.status, other.items, other.said]).toEqual([403, [], undefined]);
		const action = await webhook({ actionId: '04k000000000001AAA' }).post(two);
		expect(action.status).toBe(403);
		// 15 characters are as good as 18.
		const short = { organizationId: ORGANIZATION.slice(0, 15), actionId: '04k5e000000CaRk' };
		expect((await webhook(short).post(two)).status).toBe(200);
		for (const text of ['', '{}', '<a/>', two.slice(0, 500), '<!DOCTYPE a [<!ENTITY b "c">]><a/>'])
			expect((await webhook().post(text)).status).toBe(400);
	});

	test('whole records, with typed values; one that is gone as the message has it', async () => {
		const id = sandbox.store.insert('Account', { Name: 'Whole', NumberOfEmployees: 7 });
		const posted = message(
			notification('04l5e00000Gx7R2AAJ', `<sf:Id>${id}</sf:Id><sf:Name>Old</sf:Name>`) +
				notification(
					'04l5e00000Gx7R3AAJ',
					'<sf:Id>001000000000001AAA</sf:Id><sf:Name>Gone</sf:Name>',
				),
		);
		const { items } = await webhook({ readRecords: true, authentication: 'jwt' }).post(posted);
		expect(items.map(({ record }) => record)).toEqual([
			expect.objectContaining({ Id: id, Name: 'Whole', NumberOfEmployees: 7 }),
			{ Id: '001000000000001AAA', Name: 'Gone' },
		]);
	});

	test('where the org cannot be asked, the message is not acknowledged, so that it is sent again', async () => {
		sandbox.faults.add({ kind: 'status', status: 403, code: 'INSUFFICIENT_ACCESS' });
		const hook = webhook({ readRecords: true, authentication: 'jwt' });
		const refused = await hook.post(two);
		expect([refused.status, refused.said, refused.items]).toEqual([503, undefined, []]);
		sandbox.faults.clear();
		expect((await hook.post(two)).items).toHaveLength(2);
	});
}
