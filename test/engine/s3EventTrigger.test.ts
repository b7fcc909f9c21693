import { s3EventTriggerSuite } from './s3EventTrigger.suite';

s3EventTriggerSuite();
