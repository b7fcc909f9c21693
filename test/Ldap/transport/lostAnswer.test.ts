import { attribute, clientOf, failureOf } from '../clientOf';
import { Op, entry, result, scriptedServer } from './scriptedServer';

const DN = 'cn=a,dc=example';

/** Loses the answer to the first add, and then shows an entry without its password. */
async function serverWith(compare: number, shown: Array<[string, ...string[]]>) {
	let adds = 0;
	return await scriptedServer((socket, request) => {
		if (request.operation === Op.add && adds++ === 0) socket.destroy();
		else if (request.operation === Op.add) socket.write(result(request, 68));
		else if (request.operation === Op.compare) socket.write(result(request, compare));
		else if (request.operation === Op.search)
			socket.write(Buffer.concat([entry(request.id, DN, ...shown), result(request)]));
	});
}

const add = async (port: number) => {
	const client = clientOf([{ host: '127.0.0.1', port }], { resilience: { maxAttempts: 2 } });
	await client.add(DN, [attribute('cn', 'a'), attribute('unicodePwd', '"planted-password"')]);
};

test('an entry with everything but the password is not called done: it may be an older one', async () => {
	const server = await serverWith(50, [['cn', 'a']]);
	const failure = await failureOf(add(server.port));
	expect(failure).toMatchObject({ phase: 'maybeDone', code: 'entryAlreadyExists (68)' });
	expect(JSON.stringify([failure, failure.message])).not.toContain('planted-password');
	await server.close();
});

test('it is, where the server confirms the password', async () => {
	const server = await serverWith(6, [['cn', 'a']]);
	await add(server.port);
	await server.close();
});

test('names of attributes are compared without regard to case', async () => {
	const server = await serverWith(5, [
		['CN', 'a'],
		['UnicodePwd', '"planted-password"'],
	]);
	await add(server.port);
	await server.close();
});
