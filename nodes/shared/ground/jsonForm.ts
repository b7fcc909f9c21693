/** Whether the value says itself what JSON.stringify is to write: dates, n8n's Luxon times. */
export const hasJsonForm = (value: object): value is { toJSON(): unknown } =>
	'toJSON' in value && typeof value.toJSON === 'function';
