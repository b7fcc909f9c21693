import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Value } from '../../../sandbox/salesforce/store/row.ts';
import type { ExampleOrg, Examples } from './org';
import { items, numbered } from './org';

/** Files, leads, approvals, actions and flows. */
export function processExamples(org: ExampleOrg): Examples {
	const { sandbox, numbers, engine } = org;
	const { store } = sandbox;
	const token = sandbox.accessToken();

	const post = async <T>(to: string, body: object): Promise<T> => {
		const answer = await fetch(`${sandbox.instanceUrl}/services/data/v68.0${to}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		if (!answer.ok) throw new Error(await answer.text());
		return (await answer.json()) as T;
	};
	store.insert('ProcessDefinition', {
		Name: 'Contract',
		DeveloperName: 'Contract',
		TableEnumOrId: 'Opportunity',
		State: 'Active',
	});

	const each = async (count: number, make: (n: number) => Promise<IDataObject>) =>
		items(await Promise.all(numbers(count).map(make)));
	const records =
		(object: string, values: Record<string, Value>) =>
		async (count: number): Promise<INodeExecutionData[]> =>
			items(numbers(count).map(() => ({ id: store.insert(object, values) })));
	const withFile = async (given: INodeExecutionData[]) =>
		await Promise.all(
			given.map(async (item) => ({
				...item,
				binary: { data: await engine.storeFile(Buffer.from('content'), 'a.txt', 'text/plain') },
			})),
		);

	const accounts = records('Account', { Name: 'Contract' });
	const leads = records('Lead', { LastName: 'Contract', Company: 'Contract' });
	const stages = { StageName: 'Prospecting', CloseDate: '2030-01-01', Amount: 1_000_000 };
	const opportunities = records('Opportunity', { Name: 'Contract', ...stages });
	const files = async (count: number) =>
		await each(count, async (n) => {
			const account = store.insert('Account', { Name: 'Contract' });
			const other = store.insert('Account', { Name: 'Contract' });
			const content = { VersionData: Buffer.from(`content ${n}`).toString('base64') };
			const names = {
				Title: `Contract ${n}`,
				PathOnClient: 'a.txt',
				FirstPublishLocationId: other,
			};
			const version = await post<{ id: string }>('/sobjects/ContentVersion', {
				...names,
				...content,
			});
			const file = store.read(version.id)?.ContentDocumentId ?? null;
			return { file: String(file), account, other };
		});
	const pending = async (count: number) => {
		const submitted = (await opportunities(count)).map(async ({ json: { id } }) => {
			const requests = [{ actionType: 'Submit', contextId: id }];
			const [result] = await post<Array<{ newWorkitemIds: string[] }>>('/process/approvals/', {
				requests,
			});
			return { item: result?.newWorkitemIds[0] ?? '' };
		});
		return items(await Promise.all(submitted));
	};
	const mapped = (value: IDataObject) => ({ mappingMode: 'defineBelow', value });

	const file = { fileId: '={{ $json.file }}' };
	const decision = { workItemId: '={{ $json.item }}' };
	return {
		'action.getMany': { parameters: { kind: 'standard' }, items: numbered(org) },
		'action.invoke': {
			parameters: {
				...{ kind: 'apex', actionName: 'EchoAction' },
				inputs: mapped({ text: '={{ $json.n }}' }),
			},
			items: numbered(org),
		},
		'approval.approve': { parameters: decision, items: pending },
		'approval.getMany': {
			parameters: { limit: 1 },
			items: async (count) => {
				await pending(1);
				return await numbered(org)(count);
			},
		},
		'approval.reject': { parameters: decision, items: pending },
		'approval.submit': { parameters: { recordId: '={{ $json.id }}' }, items: opportunities },
		'file.delete': { parameters: file, items: files },
		'file.download': { parameters: file, items: files },
		'file.getMany': { parameters: { recordId: '={{ $json.other }}' }, items: files },
		'file.link': { parameters: { ...file, recordId: '={{ $json.account }}' }, items: files },
		'file.upload': {
			parameters: { recordId: '={{ $json.id }}' },
			items: async (count) => await withFile(await accounts(count)),
		},
		'file.uploadVersion': {
			parameters: file,
			items: async (count) => await withFile(await files(count)),
		},
		'flow.getMany': { parameters: {}, items: numbered(org) },
		'flow.invoke': {
			parameters: { flow: 'Score_Lead', inputs: mapped({ leadId: '={{ $json.id }}' }) },
			items: leads,
		},
		'lead.convert': { parameters: { recordId: '={{ $json.id }}' }, items: leads },
	};
}
