import { salesforceTriggerSuite } from './salesforceTrigger.suite';

salesforceTriggerSuite();
