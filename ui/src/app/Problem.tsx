import { Alert, Button } from "@mantine/core";
import type { ReactNode } from "react";

/** What went wrong in one sentence, with a way to try again. */
export function Problem({ title, children, again }: { title: string; children: ReactNode; again?: () => void }) {
  return (
    <Alert color="red" title={title} role="alert" variant="light" className="problem">
      <p>{children}</p>
      {again && (
        <Button size="xs" variant="default" onClick={again}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
