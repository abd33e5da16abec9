/** Every regular expression of the sources, with where it stands. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createSourceFile, forEachChild, isNewExpression, isRegularExpressionLiteral, ScriptTarget } from 'typescript';
import type { Node } from 'typescript';

const SOURCES = join(__dirname, '../../../src');

export interface PatternFound {
  readonly file: string;
  readonly pattern: RegExp;
}

export interface Patterns {
  readonly literals: readonly PatternFound[];
  /** Where one is made of a text: what it is cannot be read off the source. */
  readonly made: readonly string[];
}

export function patternsOfSources(): Patterns {
  const literals: PatternFound[] = [];
  const made: string[] = [];
  for (const path of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )) {
    const file = relative(SOURCES, join(SOURCES, path));
    const source = createSourceFile(file, readFileSync(join(SOURCES, path), 'utf8'), ScriptTarget.ES2022, true);
    const visit = (node: Node): void => {
      if (isRegularExpressionLiteral(node)) literals.push({ file, pattern: patternOf(node.text) });
      if (isNewExpression(node) && node.expression.getText() === 'RegExp') made.push(file);
      forEachChild(node, visit);
    };
    visit(source);
  }
  return { literals, made };
}

function patternOf(literal: string): RegExp {
  const end = literal.lastIndexOf('/');
  return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}
