/** All that is said of renderings, in one file: each is made once. */
import './configuration';
import './golden';
import './policies';
import './schemas';
