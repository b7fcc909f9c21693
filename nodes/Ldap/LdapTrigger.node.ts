import type {
	INodeType,
	INodeTypeDescription,
	ITriggerFunctions,
	ITriggerResponse,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { ldapCredentialTest } from './methods/credentialTest';
import { openTriggerClient } from './methods/openClient';
import { triggerProperties } from './triggers/properties';
import { startWatching } from './triggers/startWatching';

export class LdapTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resilient LDAP Trigger',
		name: 'ldapTrigger',
		icon: { light: 'file:ldap.svg', dark: 'file:ldap.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter.events.join(", ") }}',
		description:
			'Starts the workflow when entries of Active Directory, OpenLDAP or another LDAP directory are created, updated or deleted, or members of groups come and go; told by the server where it can, loses nothing and doubles nothing',
		eventTriggerDescription: '',
		activationMessage: 'Your workflow now runs when something happens in the directory.',
		defaults: { name: 'Resilient LDAP Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'resilientLdapApi', required: true, testedBy: 'ldapCredentialTest' }],
		properties: triggerProperties,
	};

	methods = { credentialTest: { ldapCredentialTest } };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await startWatching(this, async (signal) => await openTriggerClient(this, signal));
	}
}
