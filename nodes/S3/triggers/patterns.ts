import { globFilter } from '../../shared/ground/glob';
import { invalidInput } from '../transport/failure';

/** Whether a key is one that `include` names (all, where it is empty), and not one of `exclude`. */
export function keyFilter(include: string, exclude: string): (key: string) => boolean {
	try {
		return globFilter(linesOf(include), linesOf(exclude));
	} catch (error) {
		throw invalidInput(error);
	}
}

const linesOf = (text: string) => text.split(/\r?\n/).filter((line) => line !== '');
