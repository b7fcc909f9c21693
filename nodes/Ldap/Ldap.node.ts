import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { propertiesOf } from '../shared/node/properties';
import { outputsWithFailed } from '../shared/node/resilienceFields';
import { runOperations } from '../shared/node/runOperations';
import { resources } from './actions/resources';
import { ldapCredentialTest } from './methods/credentialTest';
import { listSearch } from './methods/listSearch';
import { loadOptions } from './methods/loadOptions';
import { openClient } from './methods/openClient';

export class Ldap implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resilient LDAP',
		name: 'ldap',
		icon: { light: 'file:ldap.svg', dark: 'file:ldap.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter.operation + ": " + $parameter.resource }}',
		description:
			'Read and change entries, users and groups of Active Directory, OpenLDAP and other LDAP directories: any size, nothing lost, nothing doubled',
		defaults: { name: 'Resilient LDAP' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsWithFailed,
		credentials: [{ name: 'resilientLdapApi', required: true, testedBy: 'ldapCredentialTest' }],
		properties: propertiesOf(resources),
	};

	methods = { credentialTest: { ldapCredentialTest }, listSearch, loadOptions };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperations(this, resources, openClient);
	}
}
