import { faults } from './faults';
import { listing } from './listing';
import { objects } from './objects';
import { signingIn } from './signingIn';
import { sizes } from './sizes';
import type { Scenario } from './world';

/** What S3 nodes are known to get wrong. */
export const scenarios: Scenario[] = [...listing, ...objects, ...sizes, ...faults, ...signingIn];
