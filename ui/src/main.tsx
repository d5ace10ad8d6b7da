import "@mantine/core/styles.css";
import "./app/panel.css";

import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";

import { App } from "./app/App";
import { theme } from "./app/theme";
import { makeClient } from "./lib/client";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

// The policy admits no inline style: Mantine's variables and classes come from its stylesheet alone.
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <Provider value={makeClient()}>
        <App />
      </Provider>
    </MantineProvider>
  </StrictMode>,
);
