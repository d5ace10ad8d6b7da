/** Grey rows in place of what is coming, and its name for a screen reader; still, since they would take time from what comes. */
export function Loading({ what, rows = 4 }: { what: string; rows?: number }) {
  return (
    <div aria-busy="true" className="stack">
      <p role="status" className="unseen">
        Loading {what}
      </p>
      {Array.from({ length: rows }, (_, number) => (
        <div key={number} className="coming" />
      ))}
    </div>
  );
}
