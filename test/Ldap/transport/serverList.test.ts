import type { Clock } from '../../../nodes/shared/ground/clock';
import { ServerList } from '../../../nodes/Ldap/transport/serverList';
import { nameOf, parseServers } from '../../../nodes/Ldap/transport/servers';

const servers = parseServers('a b c', 'none');
const [a, b] = servers as [(typeof servers)[0], (typeof servers)[0]];

function stopped(): Clock & { pass(ms: number): void } {
	let now = 1_000_000;
	return { now: () => now, timer: () => () => {}, pass: (ms) => (now += ms) };
}

test('a server that failed comes last for a minute, the longest ago first', async () => {
	const clock = stopped();
	const list = new ServerList(async () => servers, clock);
	const order = async () =>
		(await list.inOrder())
			.map(nameOf)
			.map((name) => name[0])
			.join('');
	expect(await order()).toBe('abc');
	list.report(a, false);
	clock.pass(1_000);
	expect(await order()).toBe('bca');
	list.report(b, false);
	expect(await order()).toBe('cab');
	list.report(a, true);
	expect(await order()).toBe('acb');
	clock.pass(60_000);
	expect(await order()).toBe('abc');
});

test('DNS is asked again after some minutes; while it does not answer the old answer holds', async () => {
	const clock = stopped();
	const answers = [[a], [b], new Error('DNS is down'), new Error('DNS is down'), [a]];
	let asked = 0;
	const list = new ServerList(async () => {
		const answer = answers[asked++];
		if (answer instanceof Error) throw answer;
		return answer ?? [];
	}, clock);
	const first = async () => (await list.inOrder()).map(nameOf)[0];
	expect(await Promise.all([first(), first()])).toEqual(['a:389', 'a:389']);
	expect(asked).toBe(1);
	clock.pass(300_000);
	expect(await first()).toBe('b:389');
	clock.pass(300_000);
	expect(await first()).toBe('b:389');
	expect(asked).toBe(3);
	clock.pass(300_000);
	expect(await first()).toBe('b:389');
	clock.pass(300_000);
	expect(await first()).toBe('a:389');
});

test('a question that failed is asked anew by the next one', async () => {
	let asked = 0;
	const list = new ServerList(async () => {
		if (asked++ === 0) throw new Error('DNS is down');
		return [a];
	}, stopped());
	await expect(list.inOrder()).rejects.toThrow('DNS is down');
	expect((await list.inOrder()).map(nameOf)).toEqual(['a:389']);
});
