import { LongRequests } from '../../../nodes/Salesforce/transport/longRequests';
import { failureOf } from '../../S3/clientOf';

function guard() {
	let at = 0;
	const long = new LongRequests({ now: () => at, timer: () => () => {} });
	return { long, pass: (ms: number) => void (at += ms) };
}

const never = new AbortController().signal;

async function isWaiting(passing: Promise<void>): Promise<boolean> {
	const first = await Promise.race([passing.then(() => 'passed'), later()]);
	return first === 'later';
}

const later = async () => await new Promise<string>((resolve) => setImmediate(resolve, 'later'));

test('with 20 requests that take longer than 20 seconds no other is begun, until one has ended', async () => {
	const { long, pass } = guard();
	const ends = Array.from({ length: 20 }, () => long.begin());
	expect(await isWaiting(long.pass(undefined, never))).toBe(false);
	pass(20_000);
	const passing = [long.pass(undefined, never), long.pass(undefined, never)];
	expect(await isWaiting(Promise.race(passing))).toBe(true);
	ends[0]?.();
	await Promise.all(passing);
});

test('a small org has 5 of them', async () => {
	const { long, pass } = guard();
	for (let n = 0; n < 4; n++) long.begin();
	pass(30_000);
	expect(await isWaiting(long.pass({ used: 1, allowed: 15_000 }, never))).toBe(true);
	expect(await isWaiting(long.pass({ used: 1, allowed: 100_000 }, never))).toBe(false);
});

test('whoever is cancelled does not wait, and has sent nothing', async () => {
	const { long, pass } = guard();
	for (let n = 0; n < 20; n++) long.begin();
	pass(20_000);
	const stop = new AbortController();
	const failure = failureOf(long.pass(undefined, stop.signal));
	stop.abort();
	expect(await failure).toMatchObject({ code: 'CANCELLED', phase: 'notSent' });
});
