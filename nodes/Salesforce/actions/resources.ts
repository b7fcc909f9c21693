import type { Resource } from '../../shared/node/defineOperation';
import type { SalesforceClient } from '../transport/client';
import { action } from './action/action.resource';
import { apex } from './apex/apex.resource';
import { approval } from './approval/approval.resource';
import { composite } from './composite/composite.resource';
import { event } from './event/event.resource';
import { file } from './file/file.resource';
import { flow } from './flow/flow.resource';
import { job } from './job/job.resource';
import { lead } from './lead/lead.resource';
import { organization } from './organization/organization.resource';
import { query } from './query/query.resource';
import { record } from './record/record.resource';
import { report } from './report/report.resource';
import { request } from './request/request.resource';

export const resources: Array<Resource<SalesforceClient>> = [
	action,
	apex,
	approval,
	job,
	composite,
	event,
	file,
	flow,
	lead,
	organization,
	query,
	record,
	report,
	request,
];
