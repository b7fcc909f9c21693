import type { Resource } from '../../shared/node/defineOperation';
import type { SalesforceClient } from '../transport/client';
import { organization } from './organization/organization.resource';

export const resources: Array<Resource<SalesforceClient>> = [organization];
