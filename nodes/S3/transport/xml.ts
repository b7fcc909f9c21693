import type { XmlContent } from '../../shared/transport/xml';
import { parseXml, writeXml as writeAnyXml } from '../../shared/transport/xml';

export type { XmlContent, XmlElement } from '../../shared/transport/xml';
export { child, children, fitsXml, parseXml, text } from '../../shared/transport/xml';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Writes the body of a request to S3: see `writeXml` of the shared transport. */
export const writeXml = (root: string, content: { readonly [name: string]: XmlContent }): string =>
	writeAnyXml(root, content, NAMESPACE);

/** The name of the root element; `undefined` where it is no XML. */
export function rootOf(body: Buffer): string | undefined {
	try {
		return parseXml(body).name;
	} catch {
		return undefined;
	}
}
