import { ldapTriggerRunsSuite } from './ldapTriggerRuns.suite';

ldapTriggerRunsSuite();
