/** What is well in a cluster and what is not. */

/** unknown: no member tells. */
export type Severity = 'ok' | 'unknown' | 'warning' | 'error';

export interface Finding {
  readonly severity: Severity;
  /** What was looked at. */
  readonly about: string;
  /** What was seen. */
  readonly seen: string;
  /** What to do about it; nothing where all is well. */
  readonly advice?: string;
}

/** A finding of a rule, which knows what it is about. */
export type Complaint = Omit<Finding, 'about' | 'severity'> & { readonly severity: Exclude<Severity, 'ok'> };

export interface Rule<Facts> {
  readonly about: string;
  /** What is said where there is nothing to complain of. */
  readonly well: (facts: Facts) => string;
  readonly complaints: (facts: Facts) => readonly Complaint[];
  /** Whether any member tells what this is about. Undefined: all do. */
  readonly isTold?: (facts: Facts) => boolean;
}

export function judge<Facts>(rules: readonly Rule<Facts>[], facts: Facts): readonly Finding[] {
  return rules.flatMap((rule): readonly Finding[] => {
    const complaints = rule.complaints(facts);
    if (complaints.length > 0) return complaints.map((complaint) => ({ about: rule.about, ...complaint }));
    if (rule.isTold?.(facts) === false) return [{ severity: 'unknown', about: rule.about, seen: 'no member tells' }];
    return [{ severity: 'ok', about: rule.about, seen: rule.well(facts) }];
  });
}

export function worstOf(findings: readonly Finding[]): Severity {
  const has = (severity: Severity): boolean => findings.some((finding) => finding.severity === severity);
  return has('error') ? 'error' : has('warning') ? 'warning' : 'ok';
}
