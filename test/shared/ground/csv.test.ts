import { csvLine } from '../../../nodes/shared/ground/csv';

test.each([
	[['a', 1, true], 'a,1,true'],
	[[undefined, null, ''], ',,'],
	[
		['a,b', 'say "x"', 'line\nfeed', 'carriage\rreturn'],
		'"a,b","say ""x""","line\nfeed","carriage\rreturn"',
	],
	[[' leading', 'trailing\t', 'in between'], '" leading","trailing\t",in between'],
])('%j', (values, line) => {
	expect(csvLine(values)).toBe(`${line}\r\n`);
});
