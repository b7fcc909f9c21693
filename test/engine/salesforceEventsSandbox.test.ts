import { salesforceEventsSandboxSuite } from './salesforceEventsSandbox.suite';

salesforceEventsSandboxSuite();
