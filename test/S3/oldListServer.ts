import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server of the first version of ListObjects may differ from the others. */
export interface OldHabits {
	/** answers 501 to list-type=2 instead of ignoring it */
	notImplemented?: boolean;
	/** says NextMarker: always, only with a delimiter (as Amazon), or never */
	nextMarker?: 'always' | 'delimiter' | 'never';
	/** knows encoding-type=url */
	encodes?: boolean;
	/** names a folder again on the page after it, if the marker is the name of the folder */
	repeatsFolders?: boolean;
}

const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const escapeXml = (text: string) =>
	text.replace(/[&<>]|\p{Cc}/gu, (character) => `&#${character.charCodeAt(0)};`);

/** A server that knows ListObjects of 2006 and nothing else; any bucket holds `keys`. */
export async function startOldListServer(keys: string[], habits: OldHabits = {}) {
	const sorted = [...keys].sort(bytes);
	const queries: URLSearchParams[] = [];
	const page = (query: URLSearchParams) => {
		const encode = habits.encodes ? encodeURIComponent : escapeXml;
		const [prefix, delimiter, marker] = ['prefix', 'delimiter', 'marker'].map(
			(name) => query.get(name) ?? '',
		) as [string, string, string];
		const max = Math.min(1_000, Number(query.get('max-keys') ?? 1_000));
		const names = new Map<string, boolean>();
		let truncated = false;
		for (const key of sorted.filter((one) => one.startsWith(prefix) && bytes(one, marker) > 0)) {
			const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
			const name = at < 0 ? key : key.slice(0, at + delimiter.length);
			if (name === marker && !habits.repeatsFolders) continue;
			if (!names.has(name) && names.size >= max) {
				truncated = true;
				break;
			}
			names.set(name, at >= 0);
		}
		const last = [...names.keys()].at(-1) ?? '';
		const { nextMarker = 'delimiter' } = habits;
		const says =
			truncated && (nextMarker === 'always' || (nextMarker === 'delimiter' && delimiter));
		return [
			'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
			`<Name>b</Name><Prefix>${encode(prefix)}</Prefix><Marker>${encode(marker)}</Marker>`,
			says ? `<NextMarker>${encode(last)}</NextMarker>` : '',
			`<IsTruncated>${truncated}</IsTruncated>`,
			habits.encodes ? '<EncodingType>url</EncodingType>' : '',
			...[...names].map(([name, folder]) =>
				folder
					? `<CommonPrefixes><Prefix>${encode(name)}</Prefix></CommonPrefixes>`
					: `<Contents><Key>${encode(name)}</Key><Size>1</Size><Owner><ID>me</ID><DisplayName>My Name</DisplayName></Owner></Contents>`,
			),
			'</ListBucketResult>',
		].join('');
	};
	const server = createServer((message, response) => {
		const query = new URL(message.url ?? '', 'http://x').searchParams;
		queries.push(query);
		if (habits.notImplemented && query.has('list-type')) {
			response.writeHead(501).end('<Error><Code>NotImplemented</Code></Error>');
		} else {
			response.end(page(query));
		}
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		queries,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
