import { duration } from '../step.mjs';
import type { FailedItem, NodeResult } from './demo.ts';

type Cell = string | number;

const MAX_COLUMN = 44;

/** Lines of a table. Numbers stand to the right, long texts continue on the next line. */
export function table(head: string[], rows: Cell[][]): string[] {
	const wrapped = rows.map((row) => row.map((cell) => wrap(String(cell))));
	const widths = head.map((name, column) =>
		Math.max(
			name.length,
			...wrapped.flatMap((row) => (row[column] ?? []).map((text) => text.length)),
		),
	);
	const line = (cells: Cell[]) =>
		cells
			.map((cell, column) => {
				const width = widths[column] ?? 0;
				return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
			})
			.join('  ')
			.trimEnd();
	const lines = (row: Cell[], texts: string[][]) =>
		Array.from({ length: Math.max(...texts.map(({ length }) => length)) }, (_none, n) =>
			line(
				row.map((cell, column) =>
					typeof cell === 'number' && n === 0 ? cell : (texts[column]?.[n] ?? ''),
				),
			),
		);
	return [
		line(head),
		line(widths.map((width) => '-'.repeat(width))),
		...rows.flatMap((row, n) => lines(row, wrapped[n] ?? [])),
	];
}

function wrap(text: string): string[] {
	const lines = [''];
	for (const word of text.split(' ')) {
		const last = lines.at(-1) ?? '';
		if (last === '') lines[lines.length - 1] = word;
		else if (last.length + 1 + word.length <= MAX_COLUMN)
			lines[lines.length - 1] = `${last} ${word}`;
		else lines.push(word);
	}
	return lines;
}

export function resultTable(nodes: NodeResult[]): string[] {
	return table(
		['workflow', 'node', 'in', 'out', 'failed', 'time', 'what to look at'],
		nodes.map((node, index) => [
			node.workflow === nodes[index - 1]?.workflow ? '' : node.workflow,
			node.node,
			node.in,
			node.out,
			node.failed ?? '',
			duration(node.ms).padStart(6),
			node.look,
		]),
	);
}

export function failedTable(failed: FailedItem[]): string[] {
	return table(
		['failed at', 'item', 'code', 'message', 'hint'],
		failed.map(({ node, item, code, message, hint }) => [node, item, code, message, hint]),
	);
}
