import { SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { ask } from "../../api/client";
import { useRinging } from "../../builder/run/ringing";
import { useUnsent } from "../../builder/run/unsent";
import { pictureOf, type RunEvent } from "../../builder/run/states";
import type { Graph, Positions } from "../../builder/types";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { useChanges } from "../../live/feed";
import { ALL } from "../../live/messages";
import { Actions } from "./Actions";
import { Data } from "./Data";
import classes from "./Run.module.css";
import { Steps } from "./Steps";
import type { Run, Timeline } from "./shapes";
import { isTrial, ownerOf, runState, starterOf, took } from "./words";

const FlowCanvas = lazy(async () => ({ default: (await import("../../builder/canvas/FlowCanvas")).FlowCanvas }));

interface Drawing {
  graph: Graph;
  positions: Positions;
}

type View = "steps" | "flow" | "data";

/** One run: its flow as it is coloured by what happened, and what happened step by step. */
export function RunPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const path = `/api/v1/runs/${encodeURIComponent(id)}`;
  const run = useQuery({ queryKey: ["runs", "one", id], queryFn: () => ask<Run>(path) });
  const timeline = useQuery({
    queryKey: ["runs", "one", id, "timeline"],
    queryFn: () => ask<Timeline>(`${path}/timeline`),
  });
  useNewsOfParts(id, timeline.data);
  const drawing = useDrawing(run.data);
  const narrow = useMediaQuery("(max-width: 1000px)", undefined, { getInitialValueInEffect: false });
  const [view, setView] = useState<View>("steps");
  const [selected, setSelected] = useState<string | null>(null);
  const reveal = useCallback((step: string | null) => {
    setSelected(step);
    document.getElementById(`step-${step ?? ""}`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, []);

  if (run.error && !run.data) {
    return (
      <>
        <PageHeader title="Run" />
        <div className={classes.alone}>
          <ErrorNotice error={run.error} retry={() => void run.refetch()} />
        </div>
      </>
    );
  }
  if (!run.data) return <Loading what="Loading the run" />;

  const state = runState(run.data);
  const steps = timeline.data ? (
    <Steps
      run={run.data}
      timeline={timeline.data}
      graph={drawing.data?.graph}
      selected={selected}
      onSelect={setSelected}
    />
  ) : timeline.error ? (
    <ErrorNotice error={timeline.error} retry={() => void timeline.refetch()} />
  ) : (
    <Loading what="Loading what happened" />
  );
  const flow = <Flow run={run.data} drawing={drawing.data} selected={selected} onSelect={reveal} />;
  const data = <Data run={run.data} />;
  return (
    <div className={classes.page}>
      <PageHeader
        title={
          <span className={classes.title}>
            {ownerOf(run.data)}
            <StatusPill tone={state.tone}>{state.word}</StatusPill>
          </span>
        }
        about={<About run={run.data} />}
      >
        <Actions run={run.data} timeline={timeline.data} />
      </PageHeader>
      {narrow && (
        <SegmentedControl
          className={classes.views}
          aria-label="What is shown"
          value={view}
          onChange={(chosen) => setView(chosen as View)}
          data={[
            { value: "steps", label: "Steps" },
            { value: "flow", label: "Flow" },
            { value: "data", label: "Data" },
          ]}
        />
      )}
      <div className={classes.columns}>
        {(!narrow || view === "flow") && (
          <section className={classes.flow} aria-label="The flow">
            {flow}
          </section>
        )}
        {!narrow && (
          <section className={classes.happened} aria-label="What happened">
            {steps}
            {data}
          </section>
        )}
        {narrow && view !== "flow" && (
          <section className={classes.happened} aria-label={view === "steps" ? "What happened" : "Data"}>
            {view === "steps" ? steps : data}
          </section>
        )}
      </div>
    </div>
  );
}

/** The workflow a run belongs to: what a draft ran as is listed under a name of its own. */
function About({ run }: { run: Run }) {
  return (
    <span className={classes.about}>
      Started <Moment at={run.created_at} /> by <Starter run={run} />
      {run.finished_at ? <> · took {took(run)}</> : null}
      {run.due_at && !run.finished_at ? (
        <>
          {" "}
          · goes on by itself at <Moment at={run.due_at} />
        </>
      ) : null}{" "}
      ·{" "}
      <Link to="/workflows/$name" params={{ name: ownerOf(run) }}>
        {isTrial(run) ? "draft" : `version ${run.version}`}
      </Link>
      {run.parent ? (
        <>
          {" "}
          ·{" "}
          <Link to="/runs/$id" params={{ id: run.parent }}>
            the run it belongs to
          </Link>
        </>
      ) : null}
    </span>
  );
}

/** Who or what started it, as a link where there is a page of it. */
function Starter({ run }: { run: Run }) {
  const by = run.started_by;
  if (by?.kind === "broadcast" && by.id) {
    return (
      <Link to="/broadcasts/$id" params={{ id: by.id }}>
        {starterOf(run)}
      </Link>
    );
  }
  return <>{starterOf(run)}</>;
}

/** The version of the workflow that the run follows, as it is drawn. */
function useDrawing(run: Run | undefined) {
  return useQuery({
    queryKey: ["workflows", "drawing", run?.workflow, run?.version],
    queryFn: () =>
      ask<Drawing>(`/api/v1/workflows/${encodeURIComponent(run?.workflow ?? "")}/graph?version=${run?.version ?? ""}`),
    enabled: run !== undefined,
    staleTime: Infinity,
  });
}

const NO_EVENTS: RunEvent[] = [];

function Flow({
  run,
  drawing,
  selected,
  onSelect,
}: {
  run: Run;
  drawing: Drawing | undefined;
  selected: string | null;
  onSelect: (step: string | null) => void;
}) {
  const events = useQuery({
    queryKey: ["runs", "one", run.id, "events"],
    queryFn: () => ask<RunEvent[]>(`/api/v1/runs/${encodeURIComponent(run.id)}/events`),
  });
  const ringing = useRinging(run.id, run.finished_at === null);
  const unsent = useUnsent(run.id);
  const picture = useMemo(
    () => (drawing ? pictureOf(events.data ?? NO_EVENTS, drawing.graph, run.status, { ringing, unsent }) : null),
    [drawing, events.data, run.status, ringing, unsent],
  );
  if (!drawing || !picture) return <Loading what="Loading the flow" />;
  return (
    <Suspense fallback={<Loading what="Loading the flow" />}>
      <FlowCanvas
        graph={drawing.graph}
        positions={drawing.positions}
        faults={[]}
        states={picture.states}
        taken={picture.taken}
        selected={selected}
        onSelect={onSelect}
      />
    </Suspense>
  );
}

/** Ask for the timeline again when something changes that is shown in it without being the run itself. */
function useNewsOfParts(id: string, timeline: Timeline | undefined): void {
  const client = useQueryClient();
  const parts = useMemo(
    () =>
      new Set(
        timeline?.steps.flatMap((step) => [...step.messages, ...step.calls, ...step.sessions].map((part) => part.id)),
      ),
    [timeline],
  );
  const heard = useCallback(
    (ref: string) => {
      if (ref === ALL || parts.has(ref)) {
        void client.invalidateQueries({ queryKey: ["runs", "one", id, "timeline"] });
      }
    },
    [client, id, parts],
  );
  useChanges("messages", heard);
  useChanges("calls", heard);
  useChanges("sessions", heard);
}
