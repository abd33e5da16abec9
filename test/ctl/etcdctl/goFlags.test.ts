import fc from 'fast-check';
import { keyCommands } from '../../../src/config/ctl/keyCommands';
import { watchCommands } from '../../../src/config/ctl/watchCommands';
import { FlagError, HelpAsked, parseFlags } from '../../../src/ctl/etcdctl/goFlags';

const { set, mk } = keyCommands;

describe('flags by the rules of Go', () => {
  test.each([
    [['-ttl', '5', '/a', '1']],
    [['--ttl=5', '/a', '1']],
    [['/a', '1', '--ttl', '5']],
    [['/a', '-ttl=5', '1']],
  ])('%j', (args) => {
    const { values, operands } = parseFlags(args, set.flags, 'anywhere');
    expect([values.number('ttl'), operands]).toEqual([5, ['/a', '1']]);
  });

  it('takes a value that begins with a dash behind the key', () => {
    expect(parseFlags(['/a', '-1'], set.flags, 'anywhere').operands).toEqual(['/a', '-1']);
    expect(() => parseFlags(['-1', '/a'], set.flags, 'anywhere')).toThrow(
      new FlagError('flag provided but not defined: -1'),
    );
  });

  it('gives the next argument to what is no switch, whatever it is', () => {
    expect(parseFlags(['--swap-with-value', '-x', '/a'], set.flags, 'anywhere').values.text('swap-with-value')).toBe(
      '-x',
    );
    expect(parseFlags(['--in-order', '/q', 'x', '--ttl', '9'], mk.flags, 'anywhere').operands).toEqual(['/q', 'x']);
  });

  it('asks for no flag behind "--"', () => {
    expect(parseFlags(['/a', '--', '--ttl', '-h'], set.flags, 'anywhere').operands).toEqual(['/a', '--ttl', '-h']);
  });

  it('knows help everywhere before that', () => {
    expect(() => parseFlags(['/a', '-h'], set.flags, 'anywhere')).toThrow(HelpAsked);
  });

  it('ends at the first operand where a command follows', () => {
    const { operands } = parseFlags(['-r', 'x', '-r'], watchCommands.watch.flags, 'first');
    expect(operands).toEqual(['x', '-r']);
  });

  it('survives whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('--', '-', '--ttl', '-h', '---', '--=')), { maxLength: 6 }),
        (args) => {
          try {
            const { operands } = parseFlags(args, set.flags, 'anywhere');
            expect(operands.length).toBeLessThanOrEqual(args.length);
          } catch (error) {
            expect(error instanceof FlagError || error instanceof HelpAsked).toBe(true);
          }
        },
      ),
    );
  });
});
