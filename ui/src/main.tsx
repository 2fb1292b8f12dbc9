import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@fontsource-variable/inter";
import "./app/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Application } from "./app/Application";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <Application />
  </StrictMode>,
);
