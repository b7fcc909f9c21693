import { defineOperation } from '../../../shared/node/defineOperation';
import { invalidInput } from '../../../shared/resilience/failure';
import type { LdapClient } from '../../transport/client';
import { fromBase64 } from '../../transport/values/bytes';
import { textOf } from '../../transport/values/text';

export const extendedOperation = defineOperation({
	name: 'Extended Operation',
	value: 'extendedOperation',
	action: 'Send an extended operation',
	description:
		'Send an extended operation of any kind by its OID. What it changes depends on the operation.',
	repeatable: false,
	properties: [
		{
			displayName: 'OID',
			name: 'oid',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 1.3.6.1.1.8',
			description:
				'Object identifier of the operation. The root DSE lists those that the server knows (supportedExtension).',
		},
		{
			displayName: 'Value Format',
			name: 'format',
			type: 'options',
			options: [
				{ name: 'Base64', value: 'base64' },
				{ name: 'Hexadecimal', value: 'hex' },
				{ name: 'None', value: 'none', description: 'The operation takes no value' },
				{ name: 'Text', value: 'text', description: 'Sent as UTF-8' },
			],
			default: 'none',
			description: 'How the value of the request is written',
		},
		{
			displayName: 'Value',
			name: 'value',
			type: 'string',
			typeOptions: { condition: true },
			displayOptions: { show: { format: ['base64', 'hex', 'text'] } },
			default: '',
			description: 'Value of the request; for most operations BER, so that base64 suits best',
		},
		{
			displayName: 'Safe to Repeat',
			name: 'repeatable',
			type: 'boolean',
			default: false,
			description:
				'Whether sending it twice has the same effect as once. Then it is sent again if the answer was lost; else the item fails as maybe done.',
		},
	],
	async execute(ldap: LdapClient, { oid, format, value = '', repeatable }) {
		const name = oid.trim();
		if (!/^[0-2](\.(0|[1-9]\d*))+$/.test(name))
			throw invalidInput(`"${oid}" in "OID" is no object identifier`, 'Such as 1.3.6.1.1.8.');
		const answer = await ldap.extended(name, bytesOf(format, value), repeatable);
		return {
			oid: answer.oid ?? null,
			value: answer.value?.toString('base64') ?? null,
			text: answer.value ? wordsIn(answer.value) : null,
		};
	},
});

function bytesOf(format: 'base64' | 'hex' | 'none' | 'text', value: string): Buffer | undefined {
	if (format === 'none') return undefined;
	if (format === 'text') return Buffer.from(value);
	const plain = value.replace(/\s/g, '');
	const bytes =
		format === 'base64'
			? fromBase64(plain)
			: /^([0-9a-f]{2})*$/i.test(plain)
				? Buffer.from(plain, 'hex')
				: undefined;
	if (bytes) return bytes;
	throw invalidInput(
		`"Value" is not ${format === 'base64' ? 'base64' : 'hexadecimal'}`,
		'Check "Value Format".',
	);
}

/** The value where it is text. */
function wordsIn(value: Buffer): string | null {
	const text = textOf(value);
	return typeof text === 'string' ? text : null;
}
