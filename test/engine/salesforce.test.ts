import { salesforceSuite } from './salesforce.suite';

salesforceSuite();
