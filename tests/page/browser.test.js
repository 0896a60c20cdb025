// The page in a real browser, opened from disk with the network off. One browser for all, so all
// parts are imported into one process.

import { after } from 'node:test';
import { close } from './support/browser.js';
import './browser/bundles.js';
import './browser/corpus.js';
import './browser/fingerprint.js';
import './browser/trust.js';
import './browser/files.js';
import './browser/hostile.js';
import './browser/access.js';
import './browser/large.js';
import './browser/paper.js';

after(close);
