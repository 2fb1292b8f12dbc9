import { describe, expect, it } from "vitest";
import type { FlowEdge, StepNode } from "../types";
import { addressed, readable } from "./addresses";
import { APPOINTMENT } from "./appointment.fixture";
import { copied, nameFor, pasted } from "./clipboard";
import { freePlace, layOut, leadingBack, leavingOf, placed, sizeOf } from "./layout";
import { type CanvasEdge, type CanvasNode, edgesOf, nodesOf } from "./mapping";
import { moved, type Spot } from "./moves";
import { ERROR, NODE_WIDTH, outcomeOf, portOf, portsOf } from "./ports";
import { pathOf, route } from "./routing";

const leaving = leavingOf(APPOINTMENT.edges);

function stepOf(id: string): StepNode {
  const step = APPOINTMENT.steps.find((known) => known.id === id);
  if (!step) throw new Error(`no step ${id}`);
  return step;
}

function drawn(changed = APPOINTMENT, before: CanvasNode[] = []) {
  const drawing = { graph: changed, places: layOut(APPOINTMENT), faults: [], editable: true };
  return nodesOf(drawing, new Map(before.map((node) => [node.id, node])));
}

describe("ports", () => {
  it("shows what leads somewhere, and puts the rest behind a count where there is no room", () => {
    const { shown, more, hidden } = portsOf(stepOf("tell_clinic"), leaving.get("tell_clinic") ?? []);
    expect(shown[0]?.word).toBe("Answered");
    expect(shown.length + hidden).toBe(6);
    expect(more.at(-1)?.id).toBe(ERROR);
  });

  it("draws the way of errors only where it leads somewhere", () => {
    expect(portsOf(stepOf("remind"), leaving.get("remind") ?? []).shown.map((port) => port.id)).toContain(ERROR);
    expect(portsOf(stepOf("confirm"), leaving.get("confirm") ?? []).shown.map((port) => port.id)).not.toContain(ERROR);
  });

  it("grows with what must be shown", () => {
    const outcomes = ["first of all", "second of all", "third of all", "fourth of all", "fifth of all"].map(
      (name) => ({ name, tone: "good" }) as const,
    );
    const edges = outcomes.map(({ name }) => ({ id: name, source: "a", target: "b", outcome: name, kind: "outcome" }) as const);
    expect(portsOf({ ...stepOf("route"), outcomes }, edges).width).toBeGreaterThan(NODE_WIDTH);
  });

  it("shows the keys of a call's menu first, and leaves its failures behind the count", () => {
    const call = stepOf("tell_clinic");
    const outcomes = [...call.outcomes, { name: "confirmed", tone: "idle" } as const, { name: "moved", tone: "idle" } as const];
    const fields = { ...call.fields, menu: { "1": "confirmed", "2": { label: "moved", say: "Bye" } } };
    const { shown, more } = portsOf({ ...call, outcomes, fields }, []);
    expect(shown.map((port) => port.outcome).slice(0, 3)).toEqual(["confirmed", "moved", "answered"]);
    expect(shown.some((port) => port.tone === "bad")).toBe(false);
    expect(more.map((port) => port.outcome)).toContain("busy");
  });

  it("takes next_steps for the only outcome that is not bad, and names any other", () => {
    const sms = stepOf("confirm").outcomes;
    expect(outcomeOf("out:sent", sms)).toBeNull();
    expect(outcomeOf("out:failed", sms)).toBe("failed");
    expect(outcomeOf("out:reply", stepOf("answer").outcomes)).toBe("reply");
    expect(outcomeOf(ERROR, sms)).toBe("on_error");
    expect(portOf({ id: "x", source: "confirm", target: "b", outcome: null, kind: "next" }, sms)).toBe("out:sent");
  });
});

describe("layout", () => {
  it("finds the loop and only the loop", () => {
    expect([...leadingBack(APPOINTMENT)]).toEqual(["answer:timeout:remind"]);
  });

  it("places what comes after below, and nothing on anything else", () => {
    const places = layOut(APPOINTMENT);
    const back = leadingBack(APPOINTMENT);
    for (const edge of APPOINTMENT.edges.filter((one) => !back.has(one.id))) {
      expect(places[edge.target]?.y).toBeGreaterThan(places[edge.source]?.y ?? Infinity);
    }
    const areas = [...APPOINTMENT.triggers, ...APPOINTMENT.steps].map((node) => ({
      ...(places[node.id] ?? { x: 0, y: 0 }),
      ...sizeOf(node, leaving.get(node.id) ?? []),
    }));
    for (const [index, one] of areas.entries()) {
      for (const other of areas.slice(index + 1)) {
        const apart =
          one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y;
        expect(apart).toBe(true);
      }
    }
  });

  it("leaves where it is what was put by hand, and finds room for what is new", () => {
    const put = layOut(APPOINTMENT);
    const { see_you: _, ...others } = put;
    const places = placed(APPOINTMENT, { ...others, confirm: { x: 1000, y: 5 } });
    expect(places.confirm).toEqual({ x: 1000, y: 5 });
    expect(places.see_you).toBeDefined();
    expect(freePlace({ x: 10, y: 0 }, { width: 100, height: 50 }, [{ x: 0, y: 0, width: 100, height: 50 }]).x).toBeGreaterThan(100);
  });

  it("draws a chain of two thousand steps without running out of stack", () => {
    const steps = Array.from({ length: 2000 }, (_, index) => ({ ...stepOf("confirm"), id: `s${index}` }));
    const edges = steps.slice(1).map(
      (step, index): FlowEdge => ({ id: step.id, source: `s${index}`, target: step.id, outcome: null, kind: "next" }),
    );
    expect(leadingBack({ ...APPOINTMENT, triggers: [], steps, edges }).size).toBe(0);
  });
});

describe("mapping", () => {
  it("keeps the very objects of what did not change", () => {
    const first = drawn();
    const steps = APPOINTMENT.steps.map((step) => (step.id === "remind" ? { ...step, summary: "Other words" } : { ...step }));
    const second = drawn({ ...APPOINTMENT, steps }, first);
    const changed = second.filter((node, index) => node !== first[index]).map((node) => node.id);
    expect(changed).toEqual(["remind"]);
  });

  it("says which edges lead back, which are for values, and where they begin", () => {
    const edges = new Map(edgesOf(APPOINTMENT, new Map([["remind:sent:answer", null]]), new Map<string, CanvasEdge>()).map((edge) => [edge.id, edge]));
    expect(edges.get("answer:timeout:remind")?.data?.back).toBe(true);
    expect(edges.get("answer:data:see_you")?.sourceHandle).toBe("data");
    expect(edges.get("remind:sent:answer")?.data?.taken).toBe(true);
    expect(edges.get("remind:error:tell_clinic")?.data?.word).toBe("On error");
    expect(edges.get("trigger:0:trigger:confirm")?.deletable).toBe(false);
  });

  it("draws a way from the outcome a run left by, with its port", () => {
    const taken = new Map([["confirm:next:day_before", "refused"]]);
    const edge = edgesOf(APPOINTMENT, taken, new Map<string, CanvasEdge>()).find(({ id }) => id === "confirm:next:day_before");
    expect(edge).toMatchObject({ sourceHandle: "out:refused", data: { word: "Refused", tone: "bad", edge: { kind: "next" } } });
    const nodes = nodesOf({ graph: APPOINTMENT, places: {}, faults: [], taken, editable: true }, new Map());
    const confirm = nodes.find(({ id }) => id === "confirm");
    const ports = confirm?.type === "step" ? confirm.data.ports.shown : [];
    expect(ports.find(({ id }) => id === "out:refused")?.used).toBe(true);
    expect(ports.find(({ id }) => id === "out:sent")?.used).toBe(true);
  });

  it("tells faults on the node they are in", () => {
    const fault = { severity: "error", message: "m", fix: "f", line: null, column: null, code: "c" } as const;
    const faults = [
      { ...fault, step: "remind", field: "to" },
      { ...fault, step: null, field: "triggers[0].path" },
    ];
    const nodes = nodesOf({ graph: APPOINTMENT, places: {}, faults, editable: true }, new Map());
    expect(nodes.filter((node) => node.data.faults.length > 0).map((node) => node.id)).toEqual(["trigger:0", "remind"]);
    expect(nodes.find((node) => node.id === "remind")?.ariaLabel).toContain("1 fault");
  });
});

describe("arrow keys", () => {
  const places = layOut(APPOINTMENT);
  const spots: Spot[] = Object.entries(places).map(([id, place]) => ({ id, ...place }));
  it("go along the flow and back", () => {
    expect(moved(null, "down", spots, APPOINTMENT.edges)).toBe("trigger:0");
    expect(moved("trigger:0", "down", spots, APPOINTMENT.edges)).toBe("confirm");
    expect(moved("confirm", "down", spots, APPOINTMENT.edges)).toBe("day_before");
    expect(moved("day_before", "up", spots, APPOINTMENT.edges)).toBe("confirm");
  });
  it("go beside, and stay where there is nothing", () => {
    const beside = moved("see_you", places.see_you && places.tell_clinic && places.see_you.x < places.tell_clinic.x ? "right" : "left", spots, []);
    expect(beside).not.toBeNull();
    expect(moved("confirm", "up", [{ id: "confirm", x: 0, y: 0 }], [])).toBeNull();
  });
});

describe("clipboard", () => {
  it("takes what it gave, lists and single steps, and nothing else", () => {
    expect(pasted(copied(APPOINTMENT, ["remind"]))).toEqual([stepOf("remind").fields]);
    expect(pasted('{"type": "twilio/sms@v1"}')).toEqual([{ type: "twilio/sms@v1" }]);
    expect(pasted('[{"type": "a"}, 3]')).toBeNull();
    expect(pasted("hello")).toBeNull();
  });
  it("finds names that nobody has", () => {
    expect(nameFor("twilio/sms@v1", [])).toBe("text");
    expect(nameFor("twilio/sms@v1", ["text", "text_2"])).toBe("text_3");
  });
});

describe("ways", () => {
  const box = { x: 0, y: 100, width: 100, height: 100 };
  const crosses = (points: { x: number; y: number }[]) =>
    points.slice(1).some((to, index) => {
      const from = points[index] ?? to;
      const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
      const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
      return left < box.x + box.width && right > box.x && top < box.y + box.height && bottom > box.y;
    });
  it("go around what stands between", () => {
    expect(crosses(route({ x: 50, y: 0 }, { x: 50, y: 400 }, [box]))).toBe(false);
  });
  it("are straight where nothing does", () => {
    expect(route({ x: 50, y: 0 }, { x: 50, y: 400 }, [])).toHaveLength(2);
  });
  it("lead back around the nodes they come from and go to", () => {
    expect(crosses(route({ x: 50, y: 200 }, { x: 50, y: 100 }, [box]))).toBe(false);
  });
  it("have rounded corners", () => {
    expect(pathOf(route({ x: 0, y: 0 }, { x: 200, y: 300 }, []))).toMatch(/Q/);
  });
});

describe("addresses", () => {
  it("read as a person would say them", () => {
    expect(addressed("$inputs.phone")).toBe("phone");
    expect(addressed("{{ contact.phone }}")).toBe("contact.phone");
    expect(addressed("+15550001111")).toBe("+1 555 000 1111");
    expect(addressed("+447911123456")).toBe("+447911123456");
    expect(readable("Until $inputs.at")).toBe("Until at");
  });
});
