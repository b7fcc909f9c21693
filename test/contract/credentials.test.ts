import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(__dirname, '..', '..', 'credentials');

/** Texts that may be read over the shoulder. Whatever is not named here is typed in hidden. */
const PUBLIC_TEXTS = new Set([
	'accessKeyId',
	'accountId',
	'apiVersion',
	'audience',
	'authorizationId',
	'baseDn',
	'bindDn',
	'ca',
	'clientCertificate',
	'clientId',
	'endpoint',
	'myDomain',
	'referralHosts',
	'region',
	'roleArn',
	'roleSessionName',
	'sessionPolicy',
	'serverName',
	'servers',
	'stsEndpoint',
	'testBucket',
	'username',
]);

function credentialOf(file: string): ICredentialType {
	const name = file.split('.')[0] ?? '';
	const classes: Record<string, new () => ICredentialType> = require(path.join(folder, file));
	const type = classes[name];
	if (type === undefined) throw new Error(`${file} exports no class ${name}`);
	return new type();
}

const isShownText = ({ type, typeOptions }: INodeProperties) =>
	type === 'string' && typeOptions?.password !== true;

describe.each(readdirSync(folder).filter((file) => file.endsWith('.credentials.ts')))(
	'%s',
	(file) => {
		const { name, properties, displayName } = credentialOf(file);

		test('shows no secret while it is typed in', () => {
			const shown = properties.filter(isShownText).map((property) => property.name);
			expect(shown.filter((text) => !PUBLIC_TEXTS.has(text))).toEqual([]);
		});

		test('has a name that no other package takes: they are global in n8n', () => {
			expect(name).toMatch(/^resilient[A-Z]\w+Api$/);
			expect(displayName).toMatch(/^Resilient .+ API$/);
		});
	},
);
