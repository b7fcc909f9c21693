import { inputFields } from '../../../nodes/Salesforce/methods/inputFields';
import { pickActions } from '../../../nodes/Salesforce/methods/pickActions';
import type { ActionInput } from '../../../nodes/Salesforce/transport/process/invocable';
import { actionPath } from '../../../nodes/Salesforce/transport/process/invocable';

const input = (name: string, changes: Partial<ActionInput> = {}): ActionInput => ({
	name,
	label: null,
	type: 'STRING',
	required: false,
	maxOccurs: 1,
	sobjectType: null,
	picklistValues: null,
	...changes,
});

describe('the inputs of an action', () => {
	const fields = inputFields([
		input('sendCopy', { type: 'BOOLEAN' }),
		input('contextId', { label: 'Context ID', type: 'REFERENCE', sobjectType: 'Case' }),
		input('emails', { maxOccurs: 2_000 }),
		input('record', { type: 'SOBJECT', sobjectType: 'Account' }),
		input('weight', { type: 'NUMBER' }),
		input('visibility', {
			type: 'PICKLIST',
			picklistValues: [{ value: 'allUsers', label: 'All Users' }],
		}),
		input('text', { label: 'Post Text', required: true }),
	]);
	const named = (id: string) => fields.find((field) => field.id === id);

	it('are those that are required first, then in their own order', () => {
		expect(fields.map(({ id }) => id).slice(0, 3)).toEqual(['text', 'sendCopy', 'contextId']);
		expect(named('text')).toMatchObject({ required: true, displayName: 'Post Text (text)' });
	});

	it('have the types of the editor, and say what they are', () => {
		expect(named('contextId')).toMatchObject({ type: 'string' });
		expect(named('contextId')?.displayName).toBe('Context ID (ID of Case)');
		expect(named('emails')).toMatchObject({ type: 'array', displayName: 'emails (list)' });
		expect(named('record')).toMatchObject({ type: 'object', displayName: 'record (Account)' });
		expect(named('weight')).toMatchObject({ type: 'number' });
		expect(named('visibility')).toMatchObject({
			type: 'options',
			options: [{ name: 'All Users', value: 'allUsers' }],
		});
	});

	it('send no switch that nobody has asked for', () => {
		expect(named('sendCopy')).toMatchObject({ type: 'boolean', removed: true });
		expect(named('weight')).toMatchObject({ removed: false });
	});
});

describe('actions', () => {
	const root = '/services/data/v68.0/actions/custom/quickAction';
	const actions = [
		{ name: 'NewTask', label: 'New Task', type: 'QUICKACTION', url: `${root}/NewTask` },
		{ name: 'Renew', label: 'Renew', type: 'QUICKACTION', url: `${root}/Account/Renew` },
	];
	const pick = (filter: string) =>
		pickActions(actions, 'quickAction', { filter, after: '', chosen: () => undefined }).results;

	it('of an object are picked and found with its name', () => {
		expect(pick('renew')).toEqual([{ name: 'Renew (Account/Renew)', value: 'Account/Renew' }]);
		expect(pick('')).toHaveLength(2);
		expect(actionPath('quickAction', 'Account/Renew')).toBe(
			'/actions/custom/quickAction/Account/Renew',
		);
		expect(actionPath('standard', 'chatterPost')).toBe('/actions/standard/chatterPost');
	});
});
