import { s3Suite } from './s3.suite';

s3Suite();
