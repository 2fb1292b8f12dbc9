// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Block, Draft, Edit, Fault, Graph, JsonSchema, StepNode } from "../types";
import { FlowPanel } from "./FlowPanel";
import { words } from "./shapes";
import fixture from "./schemas.fixture.json";
import { StepPanel } from "./StepPanel";

const SCHEMAS = fixture.blocks as unknown as Record<string, JsonSchema>;

const VOCABULARY = {
  helpers: [],
  filters: [],
  trigger_fields: { webhook: ["body"], schedule: ["scheduled_at"] },
  triggers: Object.entries(fixture.triggers).map(([type, schema]) => ({ type, title: words(type), description: "", schema })),
  purposes: ["marketing"],
  languages: ["en", "es"],
};

// Every block's form is large, and machines that test are busy.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {}, removeEventListener: () => {} }));
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
  vi.stubGlobal("fetch", async (path: string) => {
    const body = path.includes("vocabulary") ? VOCABULARY : [];
    return new Response(JSON.stringify(body), { status: path.includes("message") ? 503 : 200 });
  });
  Element.prototype.scrollIntoView = () => {};
  Object.defineProperty(document, "fonts", { value: { addEventListener: () => {}, removeEventListener: () => {} } });
});

afterEach(cleanup);

function stepOf(type: string, fields: Record<string, unknown> = {}): StepNode {
  const family = type.split("/")[0] ?? "";
  return { id: "it", index: 0, type, family, title: type, service: "", from: null, to: null, summary: "", fields, outcomes: [] };
}

function draftOf(steps: StepNode[], more: Partial<Graph> = {}, faults: Fault[] = []): Draft {
  const graph: Graph = {
    name: "flow",
    description: null,
    steps,
    triggers: [],
    edges: [],
    inputs: [{ index: 0, type: "WorkflowParameter", name: "phone", kind: ["string"], required: true, default: null, description: null }],
    outputs: [],
    variables: {},
    defaults: {},
    ...more,
  };
  const saved = { etag: "1", base_version: null, published: null, format: "yaml" as const, text: "", positions: {} };
  return { ...saved, name: "flow", graph, faults, saved_at: "2026-01-01T00:00:00Z", changed: false };
}

function blockOf(type: string): Block {
  const rest = { family: "", title: type, description: "", icon: "", outcomes: [], own_outcomes: false, outputs: [] };
  return { ...rest, type, types: [type], schema: SCHEMAS[type] ?? {}, sends: false, waits: false };
}

function show(panel: React.ReactNode) {
  return render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>{panel}</QueryClientProvider>
    </MantineProvider>,
  );
}

function showStep(type: string, fields: Record<string, unknown> = {}, faults: Fault[] = []): Edit[] {
  const edits: Edit[] = [];
  const step = stepOf(type, fields);
  const blocks = [blockOf(type)];
  show(
    <StepPanel
      draft={draftOf([step], {}, faults)}
      step={step}
      block={blocks[0]}
      blocks={blocks}
      edit={(made) => void edits.push(...made)}
    />,
  );
  return edits;
}

describe("the form of a step", () => {
  it.each(Object.keys(SCHEMAS))("%s has an input for every field", (type) => {
    showStep(type);
    for (const fold of document.querySelectorAll("button[aria-expanded=false]")) {
      if (/Optional/.test(fold.textContent ?? "")) fireEvent.click(fold);
    }
    const keys = Object.keys(SCHEMAS[type]?.properties ?? {}).filter((key) => !["type", "name"].includes(key));
    for (const key of keys) {
      const field = document.querySelector(`[data-field="${key}"]`);
      expect(field?.querySelector("input, textarea, button"), `${type}: ${key}`).toBeTruthy();
    }
  });

  it("shows what is required first and folds the rest away", () => {
    showStep("twilio/sms@v1");
    expect(screen.getByLabelText(/^To/)).toBeTruthy();
    expect(screen.queryByLabelText("Purpose")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Optional settings 9" }));
    expect(screen.getByLabelText("Purpose")).toBeTruthy();
  });

  it("sets what is typed, and removes what is cleared", () => {
    const edits = showStep("twilio/sms@v1", { to: "+14155550123" });
    const to = screen.getByLabelText(/^To/);
    fireEvent.change(to, { target: { value: "{{phone}}" } });
    fireEvent.change(to, { target: { value: "" } });
    expect(edits).toEqual([
      { op: "set", path: ["steps", "it", "to"], value: "{{phone}}" },
      { op: "remove", path: ["steps", "it", "to"] },
    ]);
  });

  it("says what is wrong at the field, with what mends it", () => {
    const fault = { severity: "error", message: "`to` is no number.", fix: "Write +14155550123.", step: "it", field: "to" };
    showStep("twilio/sms@v1", { to: "12" }, [{ ...fault, line: 1, column: 1, code: "x" } as Fault]);
    const to = screen.getByLabelText(/^To/);
    expect(to.getAttribute("aria-invalid")).toBe("true");
    const told = (to.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    expect(told.join(" ")).toContain("Write +14155550123.");
    expect(screen.getByText("1 error in this step")).toBeTruthy();
  });

  it("opens what is folded away where something in it is wrong", () => {
    const fault = { severity: "error", message: "No.", fix: "Yes.", step: "it", field: "validity", line: null, column: null, code: "x" };
    showStep("twilio/sms@v1", {}, [fault as Fault]);
    expect(screen.getByLabelText("Validity")).toBeTruthy();
  });

  it("rewrites the type where another kind of message is chosen", () => {
    const edits = showStep("twilio/sms@v1");
    fireEvent.click(screen.getByRole("radio", { name: "Voice Agent" }));
    expect(edits).toEqual([{ op: "set_type", name: "it", type: "twilio/voice_agent@v1" }]);
  });

  it("completes a variable between the braces", () => {
    const edits = showStep("twilio/sms@v1", { message: "Hi {{ph" });
    const message = screen.getByLabelText("Message") as HTMLTextAreaElement;
    message.setSelectionRange(7, 7);
    fireEvent.click(message);
    const list = screen.getByRole("listbox", { name: "Variables for Message" });
    expect(within(list).getByRole("option", { name: /phone/ })).toBeTruthy();
    fireEvent.keyDown(message, { key: "Enter" });
    expect(edits).toEqual([{ op: "set", path: ["steps", "it", "message"], value: "Hi {{phone}}" }]);
  });

  it("writes fields under the names they have already", () => {
    const edits = showStep("twilio/voice_agent@v1", { agentType: "llm", callTimeout: 60 });
    expect(screen.getByText(/come with the next release/)).toBeTruthy();
    expect(screen.queryByText(/Keys this block does not know/)).toBeNull();
    expect(edits).toEqual([]);
  });

  it("shows keys that the block does not know", () => {
    showStep("flow/delay@v1", { for: "5m", colour: "red" });
    expect(screen.getByText("Colour (unknown)")).toBeTruthy();
  });

  it("never takes a secret as text, but makes an input for it", () => {
    const edits = showStep("data/http_request@v1", { bearer_token: "abc", url: "https://example.com" });
    fireEvent.click(screen.getByRole("button", { name: "Take it from a new secret input" }));
    expect(edits).toEqual([
      { op: "set", path: ["inputs", 1], value: { type: "WorkflowParameter", name: "bearer_token", kind: ["secret"] } },
      { op: "set", path: ["steps", "it", "bearer_token"], value: "$inputs.bearer_token" },
    ]);
  });

  it("renames the step when the name is left", () => {
    const edits = showStep("flow/delay@v1", { for: "5m" });
    const name = screen.getByLabelText("Name of the step");
    fireEvent.change(name, { target: { value: "pause" } });
    fireEvent.keyDown(name, { key: "Enter" });
    expect(edits).toEqual([{ op: "rename_step", from: "it", to: "pause" }]);
  });
});

describe("the form of the workflow", () => {
  it("adds an input and a default", () => {
    const edits: Edit[] = [];
    show(<FlowPanel draft={draftOf([])} blocks={[]} edit={(made) => void edits.push(...made)} />);
    fireEvent.click(screen.getByRole("button", { name: "Add an input" }));
    fireEvent.click(screen.getByRole("button", { name: "Defaults for its steps" }));
    fireEvent.change(screen.getByLabelText("Time zone"), { target: { value: "UTC" } });
    expect(edits).toEqual([
      { op: "set", path: ["inputs", 1], value: { type: "WorkflowParameter", name: "input_1", kind: ["string"] } },
      { op: "set", path: ["defaults", "timezone"], value: "UTC" },
    ]);
  });
});
