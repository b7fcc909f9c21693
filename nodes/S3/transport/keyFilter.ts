import { globFilter } from '../../shared/ground/glob';
import { allowed } from './headerValues';

/**
 * Whether a key is among those to take (all, where there is no pattern) and not among those to leave
 * out. One pattern per line. @throws Failure for a pattern that cannot be one
 */
export const keyFilter = ({ include = '', exclude = '' }): ((key: string) => boolean) =>
	allowed(() => globFilter(linesOf(include), linesOf(exclude)));

const linesOf = (text: string) => text.split(/\r?\n/).filter((line) => line !== '');
