import { Engine } from '../engine/engine';
import { needs } from '../needs';
import { scenarios } from './defects';
import type { Subject } from './defects/subjects';
import { ourS3 } from './defects/subjects';
import type { World } from './defects/world';
import { openWorld } from './defects/world';

// The same scenarios are played with the nodes of n8n by `npm run bench`.
needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('what other S3 nodes get wrong', () => {
	let world: World;
	let node: Subject;
	beforeAll(async () => {
		const engine = await Engine.open({ binary: 'filesystem' });
		node = ourS3(engine);
		world = await openWorld(engine);
	}, 120_000);
	afterAll(async () => await world?.close());

	test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(
		'%s',
		async (_title, scenario) => {
			expect(await scenario.play(node, world)).toBeUndefined();
		},
		300_000,
	);
});
