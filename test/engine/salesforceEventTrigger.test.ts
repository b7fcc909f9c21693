import { salesforceEventTriggerSuite } from './salesforceEventTrigger.suite';

salesforceEventTriggerSuite();
