'use strict';

require('./run')('level2');
