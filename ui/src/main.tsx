import "./app/mantine";
import "./app/panel.css";

import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";

import { App } from "./app/App";
import { begin } from "./app/pages";
import { makeClient } from "./lib/client";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

const client = makeClient();
begin(client, location.pathname, new URLSearchParams(location.search));

// The policy admits no inline style: Mantine's variables and classes come from its stylesheet alone.
createRoot(root).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <Provider value={client}>
        <App />
      </Provider>
    </MantineProvider>
  </StrictMode>,
);
