const TYPES: Record<string, string> = {
	avif: 'image/avif',
	bmp: 'image/bmp',
	bz2: 'application/x-bzip2',
	css: 'text/css; charset=utf-8',
	csv: 'text/csv; charset=utf-8',
	doc: 'application/msword',
	docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	eml: 'message/rfc822',
	gif: 'image/gif',
	gz: 'application/gzip',
	htm: 'text/html; charset=utf-8',
	html: 'text/html; charset=utf-8',
	ics: 'text/calendar; charset=utf-8',
	ico: 'image/vnd.microsoft.icon',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	js: 'text/javascript; charset=utf-8',
	json: 'application/json',
	jsonl: 'application/jsonl',
	md: 'text/markdown; charset=utf-8',
	mjs: 'text/javascript; charset=utf-8',
	mov: 'video/quicktime',
	mp3: 'audio/mpeg',
	mp4: 'video/mp4',
	ndjson: 'application/x-ndjson',
	ogg: 'audio/ogg',
	parquet: 'application/vnd.apache.parquet',
	pdf: 'application/pdf',
	png: 'image/png',
	ppt: 'application/vnd.ms-powerpoint',
	pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
	rtf: 'application/rtf',
	sql: 'application/sql',
	svg: 'image/svg+xml',
	tar: 'application/x-tar',
	tif: 'image/tiff',
	tiff: 'image/tiff',
	tsv: 'text/tab-separated-values; charset=utf-8',
	txt: 'text/plain; charset=utf-8',
	wav: 'audio/wav',
	webm: 'video/webm',
	webp: 'image/webp',
	xls: 'application/vnd.ms-excel',
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	xml: 'application/xml',
	yaml: 'application/yaml',
	yml: 'application/yaml',
	zip: 'application/zip',
	zst: 'application/zstd',
};

/** Says nothing: what programs write that do not know the type. */
const UNKNOWN = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

/**
 * The Content-Type of something to be stored: the type it came with, else the one that belongs to
 * the first name whose ending says something.
 */
export function contentTypeOf(
	mimeType: string | undefined,
	names: Array<string | undefined>,
	otherwise = 'application/octet-stream',
): string {
	if (mimeType && !UNKNOWN.has(mimeType)) return mimeType;
	for (const name of names) {
		const ending = /\.([A-Za-z0-9]+)$/.exec(name ?? '')?.[1]?.toLowerCase();
		const type = ending && TYPES[ending];
		if (type) return type;
	}
	return otherwise;
}
