import type { INodePropertyOptions, ResourceMapperField } from 'n8n-workflow';
import type { ActionInput } from '../transport/process/invocable';

const TYPES: Record<string, ResourceMapperField['type']> = {
	boolean: 'boolean',
	currency: 'number',
	date: 'dateTime',
	datetime: 'dateTime',
	decimal: 'number',
	double: 'number',
	integer: 'number',
	long: 'number',
	number: 'number',
	sobject: 'object',
};

/** The inputs of an action or a flow: those that are required first, then in their own order. */
export function inputFields(inputs: ActionInput[]): ResourceMapperField[] {
	const isRequired = ({ required }: ActionInput) => required;
	return [...inputs.filter(isRequired), ...inputs.filter((input) => !isRequired(input))].map(
		(input) => {
			const { name, required } = input;
			const options = choicesOf(input);
			const type = options ? 'options' : typeOf(input);
			return {
				id: name,
				displayName: displayName(input),
				required,
				// The editor has no third state of a switch: what is shown is sent.
				removed: type === 'boolean' && !required,
				defaultMatch: false,
				canBeUsedToMatch: false,
				display: true,
				type,
				...(options && { options }),
			};
		},
	);
}

function typeOf({ type, maxOccurs }: ActionInput): ResourceMapperField['type'] {
	return maxOccurs > 1 ? 'array' : (TYPES[type.toLowerCase()] ?? 'string');
}

/** The editor shows nothing else of an input. */
function displayName({ name, label, type, maxOccurs, sobjectType }: ActionInput): string {
	const title = label || name;
	const remarks = [
		...(bare(title) === bare(name) ? [] : [name]),
		...(RECORDS[type.toLowerCase()]?.(sobjectType ?? 'a record') ?? []),
		...(maxOccurs > 1 ? ['list'] : []),
	];
	return remarks.length > 0 ? `${title} (${remarks.join(', ')})` : title;
}

const bare = (words: string): string => words.replace(/[\W_]/g, '').toLowerCase();

const RECORDS: Record<string, (object: string) => string[]> = {
	reference: (object) => [`ID of ${object}`],
	sobject: (object) => [object],
};

function choicesOf({ picklistValues, maxOccurs }: ActionInput): INodePropertyOptions[] | undefined {
	if (!picklistValues?.length || maxOccurs > 1) return undefined;
	return picklistValues.map(({ label, value }) => ({ name: label ?? value, value }));
}
