import {
	child,
	children,
	fitsXml,
	parseXml,
	text,
	writeXml,
} from '../../../nodes/S3/transport/xml';

describe('answers of the API reference', () => {
	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
	const listing = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
    <Name>bucket</Name>
    <Prefix/>
    <KeyCount>2</KeyCount>
    <MaxKeys>1000</MaxKeys>
    <IsTruncated>false</IsTruncated>
    <Contents>
        <Key>my-image.jpg</Key>
        <LastModified>2009-10-12T17:50:30.000Z</LastModified>
        <ETag>"fba9dede5f27731c9771645a39863328"</ETag>
        <Size>434234</Size>
        <Owner><ID>8a6925ce4a7f21c32aa379004fef</ID><DisplayName>mtd@amazon.com</DisplayName></Owner>
        <StorageClass>STANDARD</StorageClass>
    </Contents>
    <Contents>
        <Key>a &amp; b/&lt;c&gt; &#39;d&apos;</Key>
        <ETag>&quot;e&quot;</ETag>
        <Size>0</Size>
    </Contents>
    <CommonPrefixes><Prefix>photos/2006/</Prefix></CommonPrefixes>
</ListBucketResult>`;

	test('ListObjectsV2', () => {
		const result = parseXml(listing);
		expect(result.name).toBe('ListBucketResult');
		expect(text(result, 'Name')).toBe('bucket');
		expect(text(result, 'Prefix')).toBe('');
		expect(text(result, 'NextContinuationToken')).toBeUndefined();
		const [first, second] = children(result, 'Contents');
		expect(first && text(first, 'ETag')).toBe('"fba9dede5f27731c9771645a39863328"');
		expect(first && text(first, 'Owner', 'ID')).toBe('8a6925ce4a7f21c32aa379004fef');
		expect(second && text(second, 'Key')).toBe(`a & b/<c> 'd'`);
		expect(second && text(second, 'Owner', 'ID')).toBeUndefined();
		expect(children(result, 'Contents')).toHaveLength(2);
		expect(children(result, 'CommonPrefixes').map((p) => text(p, 'Prefix'))).toEqual([
			'photos/2006/',
		]);
		expect(children(result, 'Uploads')).toEqual([]);
	});

	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
	test('DeleteObjects with one failure', () => {
		const result = parseXml(
			`<?xml version="1.0" encoding="UTF-8"?>
			<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
			 <Deleted><Key>sample1.txt</Key></Deleted>
			 <Error><Key>sample2.txt</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>
			</DeleteResult>`,
		);
		expect(children(result, 'Deleted').map((d) => text(d, 'Key'))).toEqual(['sample1.txt']);
		expect(children(result, 'Error').map((e) => [text(e, 'Key'), text(e, 'Code')])).toEqual([
			['sample2.txt', 'AccessDenied'],
		]);
	});

	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
	test.each([
		['after the declaration', '<?xml version="1.0" encoding="UTF-8"?>\n\n   \n\n'],
		['before the declaration', '\n \n   <?xml version="1.0" encoding="UTF-8"?>\n'],
		['before a byte order mark', ' \ufeff<?xml version="1.0"?>'],
	])('an error in an answer of status 200, keep-alive spaces %s', (_where, before) => {
		const result = parseXml(
			Buffer.from(`${before}<Error>
				<Code>InternalError</Code>
				<Message>We encountered an internal error. Please try again.</Message>
				<RequestId>656c76696e6727732072657175657374</RequestId>
				<HostId>Uuag1LuByRx9e6j5Onimru9pO4ZVKnJ2Qz7/C1NPcfTWAtRPfTaOFg==</HostId>
			</Error>`),
		);
		expect(result.name).toBe('Error');
		expect(text(result, 'Code')).toBe('InternalError');
		expect(text(result, 'HostId')).toMatch(/OFg==$/);
	});

	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
	test.each([
		[
			'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">EU</LocationConstraint>',
			'EU',
		],
		['<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>', ''],
	])('%s', (answer, location) => {
		expect(parseXml(answer).text).toBe(location);
	});
});

test("Ceph's error without a message", () => {
	const error = parseXml(
		'<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchBucket</Code><Message></Message>' +
			'<BucketName>b</BucketName><RequestId>tx0-default</RequestId><HostId>default</HostId></Error>',
	);
	expect(text(error, 'Message')).toBe('');
	expect(text(error, 'Code')).toBe('NoSuchBucket');
	expect(text(error, 'Resource')).toBeUndefined();
});

describe('the finer points of reading', () => {
	test('prefixes are dropped, bound or not', () => {
		const result = parseXml('<s3:A xmlns:s3="urn:x"><s3:B>1</s3:B><other:C>2</other:C></s3:A>');
		expect([result.name, text(result, 'B'), text(result, 'C')]).toEqual(['A', '1', '2']);
	});

	test.each([
		['a control character as Ceph sends it', 'a&#x01;b', 'a\u0001b'],
		['other ways to write references', '&#1;&#x1F;&#X0A;'.replace('X', 'x'), '\u0001\u001f\n'],
		['noncharacters', '&#xFFFE;&#65535;', '\ufffe\uffff'],
		['allowed references', '&#13;&#10;&#x9;&#x1F600;', '\r\n\t😀'],
		['CDATA', '<![CDATA[<&#x01;&amp;>]]>', '<&#x01;&amp;>'],
		['text around CDATA', 'a<![CDATA[b]]>c', 'abc'],
		['an escaped reference', '&amp;#x01;', '&#x01;'],
		['spaces', '  a  ', '  a  '],
		['only spaces', ' ', ' '],
		['a comment inside', 'a<!-- x -->b', 'ab'],
		['no-break space and accents', '\u00a0é\u2028', '\u00a0é\u2028'],
	])('a key with %s', (_what, written, key) => {
		expect(text(parseXml(`<R><Key>${written}</Key></R>`), 'Key')).toBe(key);
	});

	test('the parts of a character may be spread over the bytes of a buffer', () => {
		expect(text(parseXml(Buffer.from('<R><K>日本😀</K></R>')), 'K')).toBe('日本😀');
	});

	test('names of object properties are ordinary names', () => {
		const result = parseXml('<R><constructor>1</constructor><__proto__>2</__proto__></R>');
		expect([text(result, 'constructor'), text(result, '__proto__')]).toEqual(['1', '2']);
		expect(text(result, 'toString')).toBeUndefined();
		expect(child(result, 'hasOwnProperty')).toBeUndefined();
	});

	test.each([
		['cut inside an element', '<R><Key>a', /1:\d+.*unclosed tag/],
		['cut inside a tag', '<R><Key>a</Ke', /1:\d+/],
		['crossed tags', '<R>\n<A><B></A></B></R>', /2:\d+/],
		['an unknown entity', '<R>&nbsp;</R>', /1:\d+.*entity/],
		['the name of a method as an entity', '<R>&constructor;</R>', /1:\d+.*entity/],
		['a raw control character', '<R>\u0001</R>', /1:\d+/],
		['a second root', '<R/><R/>', /1:\d+/],
		['JSON', '{"error":"x"}', /1:\d+/],
		['a page of HTML', '<html><body><br></body></html>', /1:\d+/],
		['nothing', '', /empty/],
		['only keep-alive spaces', ' \n ', /empty/],
		['only a declaration', '<?xml version="1.0"?>', /XML/],
	])('refuses %s and says where', (_what, answer, message) => {
		expect(() => parseXml(answer)).toThrow(message);
	});

	test('refuses bytes that are not UTF-8', () => {
		const cut = Buffer.from('<R><K>é</K></R>').subarray(0, 7);
		expect(() => parseXml(cut)).toThrow(/UTF-8/);
		expect(() => parseXml(Buffer.from('<R>\xe9</R>', 'latin1'))).toThrow(/UTF-8/);
	});

	test('refuses every document type, so entities cannot be declared', () => {
		const bomb =
			'<!DOCTYPE R [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><R>&b;&b;&b;&b;</R>';
		expect(() => parseXml(bomb)).toThrow(/document type/);
		expect(() => parseXml('<!DOCTYPE html><html></html>')).toThrow(/document type/);
	});

	test('a hundred thousand nested elements neither overflow the stack nor take long', () => {
		const depth = 100_000;
		const began = Date.now();
		let level = parseXml('<a>'.repeat(depth) + '</a>'.repeat(depth));
		let seen = 1;
		for (let next = child(level, 'a'); next; next = child(level, 'a')) {
			level = next;
			seen++;
		}
		expect(seen).toBe(depth);
		expect(Date.now() - began).toBeLessThan(5_000);
	});
});

describe('writing', () => {
	const head = '<?xml version="1.0" encoding="UTF-8"?>';
	const xmlns = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

	test('CompleteMultipartUpload', () => {
		const parts = [
			{ PartNumber: 1, ETag: '"a54357aff0632cce46d942af68356b38"' },
			{ PartNumber: 2, ETag: '"0c78aef83f66abc1fa1e8477f296d394"' },
		];
		expect(writeXml('CompleteMultipartUpload', { Part: parts })).toBe(
			`${head}<CompleteMultipartUpload ${xmlns}>` +
				'<Part><PartNumber>1</PartNumber><ETag>&quot;a54357aff0632cce46d942af68356b38&quot;</ETag></Part>' +
				'<Part><PartNumber>2</PartNumber><ETag>&quot;0c78aef83f66abc1fa1e8477f296d394&quot;</ETag></Part>' +
				'</CompleteMultipartUpload>',
		);
	});

	test('Delete, without the versions that are not given', () => {
		const objects = [
			{ Key: 'a<b>&"c', VersionId: undefined },
			{ Key: '', VersionId: 'null' },
		];
		expect(writeXml('Delete', { Object: objects, Quiet: false })).toBe(
			`${head}<Delete ${xmlns}>` +
				'<Object><Key>a&lt;b&gt;&amp;&quot;c</Key></Object>' +
				'<Object><Key></Key><VersionId>null</VersionId></Object>' +
				'<Quiet>false</Quiet></Delete>',
		);
	});

	test('CreateBucketConfiguration', () => {
		expect(writeXml('CreateBucketConfiguration', { LocationConstraint: 'eu-west-1' })).toBe(
			`${head}<CreateBucketConfiguration ${xmlns}>` +
				'<LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>',
		);
	});

	test('an empty list writes nothing', () => {
		expect(writeXml('Delete', { Object: [] })).toBe(`${head}<Delete ${xmlns}></Delete>`);
	});

	test('every character that XML 1.0 can carry comes back, line ends and tabs too', () => {
		const codes = Array.from({ length: 0x3000 }, (_, code) => code);
		const key = `${String.fromCodePoint(...codes.filter((code) => code > 0x1f))}\t\n\r\r\n]]>😀\uFFFD`;
		const written = writeXml('Delete', { Object: [{ Key: key }] });
		expect(written).not.toMatch(/[\t\n\r]/);
		expect(text(parseXml(written), 'Object', 'Key')).toBe(key);
		expect(fitsXml(key)).toBe(true);
	});

	test.each([
		['\u0001', 'U+0001'],
		['\u0000', 'U+0000'],
		['\u001f', 'U+001F'],
		['\ufffe', 'U+FFFE'],
		['\uffff', 'U+FFFF'],
		['\ud83d', 'U+D83D'],
		['\ude00', 'U+DE00'],
	])('%j cannot be carried: the error names element, character and place', (character, name) => {
		const write = () => writeXml('Delete', { Object: [{ Key: `ab${character}` }] });
		expect(write).toThrow(TypeError);
		expect(write).toThrow(`Key holds ${name} at position 3`);
		expect(fitsXml(`ab${character}`)).toBe(false);
	});
});
