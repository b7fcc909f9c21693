import type { Swift } from './start.ts';

/** What a container holds, as Swift itself tells it: its own API knows nothing of S3. */
export type Held = Record<string, { bytes: number; hash: string }>;

/** https://docs.openstack.org/api-ref/object-store/ */
export async function nativeSwift({ endpoint, accessKeyId, secretAccessKey }: Swift) {
	const signedIn = await fetch(`${endpoint}/auth/v1.0`, {
		headers: { 'x-auth-user': accessKeyId, 'x-auth-key': secretAccessKey },
	});
	const url = signedIn.headers.get('x-storage-url') ?? '';
	const headers = { 'x-auth-token': signedIn.headers.get('x-auth-token') ?? '' };
	const get = async (path: string) => {
		const answer = await fetch(`${url}/${path}`, { headers });
		if (!answer.ok) throw new Error(`Swift answered ${answer.status} to ${path}`);
		return answer;
	};
	return {
		list: async (container: string): Promise<Held> => {
			const rows = await (await get(`${container}?format=json`)).json();
			return Object.fromEntries(
				(rows as Array<{ name: string; bytes: number; hash: string }>).map(
					({ name, bytes, hash }) => [name, { bytes, hash }],
				),
			);
		},
		read: async (container: string, name: string): Promise<Buffer> =>
			Buffer.from(await (await get(`${container}/${encodeURIComponent(name)}`)).arrayBuffer()),
	};
}
