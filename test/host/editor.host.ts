import { describe, test } from 'node:test';
describe('editor', () => { test('later', { skip: 'not yet' }, () => {}); });
