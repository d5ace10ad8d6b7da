/** The parameters of an address with one of them changed; null takes it out. Pure. */
export function withParameter(before: URLSearchParams, name: string, value: string | null): URLSearchParams {
  const next = new URLSearchParams(before);
  if (value === null) next.delete(name);
  else next.set(name, value);
  return next;
}
