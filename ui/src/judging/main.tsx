import "./judge.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { JudgeApp } from "./JudgeApp";

const root = document.getElementById("root");
if (!root) throw new Error("judge.html has no #root");
createRoot(root).render(
  <StrictMode>
    <JudgeApp />
  </StrictMode>,
);
