import type { Resource } from '../../../shared/node/defineOperation';
import type { SalesforceClient } from '../../transport/client';
import { batch } from './batch.operation';
import { execute } from './execute.operation';
import { graph } from './graph.operation';
import { tree } from './tree.operation';

export const composite: Resource<SalesforceClient> = {
	name: 'Composite',
	value: 'composite',
	operations: [tree, execute, batch, graph],
};
