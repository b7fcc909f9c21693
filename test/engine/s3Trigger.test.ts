import { s3TriggerSuite } from './s3Trigger.suite';

s3TriggerSuite();
