/** Failures as the API says them: members of a result's union, each with the field that is to blame. */

export interface Failure {
  code: string;
  message: string;
  path: readonly string[];
}

/** The failure in a result of a mutation or plan, null for a success. */
export function failureOf(result: object | null | undefined): Failure | null {
  return result && "code" in result && "message" in result ? (result as Failure) : null;
}

/** The field of the form that a failure is about: the first word of its path that is one of `fields`, else null. */
export function fieldOf<Name extends string>(failure: Failure | null, fields: readonly Name[]): Name | null {
  if (!failure) return null;
  const words = failure.path.map(camel);
  return fields.find((field) => words.includes(field)) ?? null;
}

/** `n_tips` and `nTips` alike as `nTips`. */
export function camel(word: string): string {
  return word.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
