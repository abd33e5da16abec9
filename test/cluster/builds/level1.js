'use strict';

require('./run')('level1');
