import { Button, Group, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../../api/client";
import { explain } from "../../api/problem";
import { useMay } from "../../app/me";
import { Confirm } from "../../components/Confirm";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { PageHeader } from "../../components/PageHeader";
import { StatusPill } from "../../components/StatusPill";
import { Card, Facts } from "../../talk/Facts";
import classes from "../../talk/Page.module.css";
import { channelName, money, phone, plain } from "../../talk/words";
import { type Broadcast, broadcastState, type Check } from "./broadcast";
import { whatOf } from "./BroadcastsPage";
import { Findings } from "./Findings";
import { Progress } from "./Progress";

type Act = "start" | "pause" | "resume" | "cancel";

const ACTS: Record<string, [Act, string][]> = {
  ready: [
    ["start", "Start it"],
    ["cancel", "Cancel"],
  ],
  running: [
    ["pause", "Pause"],
    ["cancel", "Cancel"],
  ],
  paused: [
    ["resume", "Go on"],
    ["cancel", "Cancel"],
  ],
};

/** One broadcast: what was found in its list, when it will be done, how far it is, and stopping it. */
export function BroadcastPage() {
  const { id = "" } = useParams({ strict: false });
  const edits = useMay("editor");
  const queries = useQueryClient();
  const path = `/api/v1/broadcasts/${id}`;
  const [cancels, setCancels] = useState(false);
  const found = useQuery({ queryKey: ["broadcasts", "one", id], queryFn: () => ask<Broadcast>(path) });
  const act = useMutation({
    mutationFn: (what: Act) => ask<Broadcast>(`${path}/${what}`, { method: "POST" }),
    onError: (error) => notifications.show({ color: "red", message: explain(error).sentence }),
    onSettled: () => {
      setCancels(false);
      return queries.invalidateQueries({ queryKey: ["broadcasts"] });
    },
  });
  if (found.isPending) return <Loading what="Loading the broadcast" />;
  if (found.error) {
    return (
      <div className={classes.page}>
        <PageHeader title="Broadcast" />
        <div className={classes.body}>
          <ErrorNotice error={found.error} retry={() => void found.refetch()} />
        </div>
      </div>
    );
  }
  const one = found.data;
  const state = broadcastState(one);
  const check = one.report as Check | null;
  return (
    <div className={classes.page}>
      <PageHeader title={one.name} about={<StatusPill tone={state.tone}>{state.word}</StatusPill>}>
        {edits &&
          (ACTS[one.stage] ?? []).map(([what, words], n) => (
            <Button
              key={what}
              variant={n === 0 ? "filled" : "default"}
              loading={act.isPending && act.variables === what}
              onClick={() => (what === "cancel" ? setCancels(true) : act.mutate(what))}
            >
              {what === "start" && check ? `Send to ${check.new.toLocaleString()}` : words}
            </Button>
          ))}
      </PageHeader>
      <Confirm
        opened={cancels}
        title={`Cancel ${one.name}?`}
        action="Cancel the broadcast"
        busy={act.isPending}
        onConfirm={() => act.mutate("cancel")}
        onClose={() => setCancels(false)}
      >
        What has not gone yet is never sent. It cannot be started again; to stop for a while, pause it.
      </Confirm>
      <div className={classes.body}>
        <div className={classes.columns}>
          <div className={classes.column}>
            {one.fault && (
              <Card title="Why it stopped">
                <p className={classes.words}>{one.fault}</p>
              </Card>
            )}
            <Card title="Progress">
              <Progress of={one} />
            </Card>
            <Card title="What is sent">
              <p className={classes.words}>{whatOf(one)}</p>
            </Card>
            {check && (
              <Card title="What was found in the list">
                <Findings check={check} />
              </Card>
            )}
          </div>
          <div className={classes.column}>
            <Card title="About it">
              <Facts
                of={[
                  ["On the list", one.recipients.toLocaleString()],
                  ["Get it", check && check.new.toLocaleString()],
                  ["Channel", channelName(one.channel)],
                  ["From", one.messaging_service ?? phone(one.from)],
                  ["Purpose", one.purpose && plain(one.purpose)],
                  ["Cost", check && `about ${money(Number(check.cost), check.cost_unit)}`],
                  ["Will be done", one.forecast && <Moment at={one.forecast.finishes_at} />],
                  [
                    "Pace",
                    one.forecast?.rate ? `${one.forecast.rate.toLocaleString()} ${one.forecast.rate === 1 ? "segment" : "segments"} a second` : null,
                  ],
                  ["Made", <Moment key="m" at={one.created_at} />],
                  ["Started", one.started_at && <Moment at={one.started_at} />],
                  ["Finished", one.finished_at && <Moment at={one.finished_at} />],
                ]}
              />
              {edits && (
                <Button component="a" href={`${path}/results`} download={`${one.name}.csv`} mt="sm" size="xs" variant="default">
                  Results as CSV
                </Button>
              )}
            </Card>
            {edits && one.stage === "ready" && <Trial path={path} />}
          </div>
        </div>
      </div>
    </div>
  );
}

/** Sends what the first recipient would get to one number. */
function Trial({ path }: { path: string }) {
  const [to, setTo] = useState("");
  const send = useMutation({
    mutationFn: () => ask<{ id: string }>(`${path}/test`, { json: { to: to.trim() } }),
    onSuccess: () => notifications.show({ message: "A test message is on its way." }),
  });
  return (
    <Card title="Try it on one number">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <Group align="end" wrap="nowrap">
          <TextInput
            label="Number"
            type="tel"
            placeholder="+14155550123"
            required
            style={{ flex: 1 }}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={send.isPending}>
            Send
          </Button>
        </Group>
        {send.error && <ErrorNotice error={send.error} />}
      </form>
    </Card>
  );
}
