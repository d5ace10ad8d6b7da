import { Alert, Button } from "@mantine/core";
import { Component, type ReactNode } from "react";

/** Shows a sentence in place of a page that failed; the rest of the panel stays. */
export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Alert color="red" title="This page could not be shown" role="alert">
        <p>The panel may have been built anew since you opened it.</p>
        <Button onClick={() => location.reload()}>Reload</Button>
      </Alert>
    );
  }
}
