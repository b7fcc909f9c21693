import type { Resource } from '../../shared/node/defineOperation';
import type { SalesforceClient } from '../transport/client';
import { action } from './action/action.resource';
import { approval } from './approval/approval.resource';
import { file } from './file/file.resource';
import { flow } from './flow/flow.resource';
import { lead } from './lead/lead.resource';
import { organization } from './organization/organization.resource';

export const resources: Array<Resource<SalesforceClient>> = [
	action,
	approval,
	file,
	flow,
	lead,
	organization,
];
