/** Dead letters as they are given back: by consumer, since a consumer is asked at a time. */

export function byConsumer(letters: readonly { consumer: string; id: string }[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { consumer, id } of letters) found.set(consumer, [...(found.get(consumer) ?? []), id]);
  return found;
}
