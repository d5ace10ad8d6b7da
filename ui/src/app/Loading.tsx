import { Skeleton, VisuallyHidden } from "@mantine/core";

/** Grey rows in place of what is coming, and its name for a screen reader. */
export function Loading({ what, rows = 4 }: { what: string; rows?: number }) {
  return (
    <div aria-busy="true" className="stack">
      <VisuallyHidden role="status">Loading {what}</VisuallyHidden>
      {Array.from({ length: rows }, (_, number) => (
        <Skeleton key={number} height={44} radius="md" />
      ))}
    </div>
  );
}
