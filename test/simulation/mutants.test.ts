import { MUTANTS } from './mutants';

/** `npm run sim:mutants` shows that each is found; it takes minutes. Planting throws where there is nothing to change. */
it.each(MUTANTS)('$name: what it changes is there', ({ plant }) => {
  expect(() => plant(() => undefined)()).not.toThrow();
});
