import { ldapTriggerSuite } from './ldapTrigger.suite';

ldapTriggerSuite();
