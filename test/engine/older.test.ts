import path from 'node:path';
import { needs } from '../needs';
import { ldapTriggerRunsSuite } from './ldapTriggerRuns.suite';
import { ldapSuite } from './ldap.suite';
import { s3EventTriggerSuite } from './s3EventTrigger.suite';
import { s3Suite } from './s3.suite';
import { s3TriggerSuite } from './s3Trigger.suite';
import { salesforceEventsSandboxSuite } from './salesforceEventsSandbox.suite';
import { salesforceOutboundMessageSuite } from './salesforceOutboundMessage.suite';
import { salesforceTriggerSuite } from './salesforceTrigger.suite';
import { salesforceSuite } from './salesforce.suite';

// Its manager of SSH connections, which a host shuts down, would keep the test process alive.
const { setInterval: start } = globalThis;
globalThis.setInterval = Object.assign(
	(...given: Parameters<typeof setInterval>) => start(...given).unref(),
	start,
);

// The oldest engine that is supported: it has none of the functions that compat.ts asks for.
const folder = path.join('sandbox', 'cores', '1.99.0');

needs(path.join(folder, 'node_modules', 'n8n-core'))('n8n-core 1.99.0 (n8n 1.100)', () => {
	s3Suite(path.resolve(__dirname, '..', '..', folder));
	describe('LDAP', () => ldapSuite(path.resolve(__dirname, '..', '..', folder)));
	describe('the polling trigger', () =>
		s3TriggerSuite(path.resolve(__dirname, '..', '..', folder)));
	describe('the event trigger', () =>
		s3EventTriggerSuite(path.resolve(__dirname, '..', '..', folder)));
	describe('Salesforce', () => salesforceSuite(path.resolve(__dirname, '..', '..', folder)));
	describe('the LDAP trigger', () =>
		ldapTriggerRunsSuite(path.resolve(__dirname, '..', '..', folder)));
	describe('the Salesforce trigger', () =>
		salesforceTriggerSuite(path.resolve(__dirname, '..', '..', folder)));
	describe('the event trigger of Salesforce', () =>
		salesforceEventsSandboxSuite(path.resolve(__dirname, '..', '..', folder)));
	describe('the trigger for outbound messages', () =>
		salesforceOutboundMessageSuite(path.resolve(__dirname, '..', '..', folder)));
});
