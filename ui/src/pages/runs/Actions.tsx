import { Button, Checkbox, Menu, TextInput, Text, Stack, Popover, ActionIcon } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, Ellipsis, MessageCircleReply, Pause, Play, RotateCcw } from "lucide-react";
import { useState } from "react";
import { ask } from "../../api/client";
import { explain } from "../../api/problem";
import { useMay, useMe } from "../../app/me";
import { phone } from "../../talk/words";
import { Confirm } from "../../components/Confirm";
import type { Run, Step, Timeline } from "./shapes";

type What = "cancel" | "pause" | "resume" | "retry";

const DONE: Record<What, string> = {
  cancel: "The run is canceled.",
  pause: "The run is paused.",
  resume: "The run goes on.",
  retry: "The run tries again.",
};

/** Does something to the run and shows how it stands then. */
function useAct(run: Run) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ what, body }: { what: What; body?: object }) =>
      ask<Run>(`/api/v1/runs/${encodeURIComponent(run.id)}/${what}`, { method: "POST", json: body ?? {} }),
    onSuccess: (changed, { what }) => {
      client.setQueryData(["runs", "one", run.id], changed);
      void client.invalidateQueries({ queryKey: ["runs", "one", run.id] });
      notifications.show({ message: DONE[what] });
    },
    onError: (error) => {
      const { sentence, fix } = explain(error);
      notifications.show({ color: "red", title: sentence, message: fix });
    },
  });
}

/** What may be done to a run as it stands. */
export function Actions({ run, timeline }: { run: Run; timeline: Timeline | undefined }) {
  const operates = useMay("operator");
  const act = useAct(run);
  const [asks, setAsks] = useState<"cancel" | "retry" | null>(null);
  const [resend, setResend] = useState(false);
  if (!operates) return null;
  const isOver = run.finished_at !== null;
  const canRetry = isOver && run.has_failures && run.status !== "canceled";
  const asked = timeline ? askedOf(timeline) : null;
  return (
    <>
      {asked && !isOver && <TestReply asked={asked} />}
      {canRetry && (
        <Button leftSection={<RotateCcw size={16} aria-hidden />} onClick={() => setAsks("retry")}>
          Try again
        </Button>
      )}
      {run.status === "paused" && (
        <Button
          leftSection={<Play size={16} aria-hidden />}
          loading={act.isPending}
          onClick={() => act.mutate({ what: "resume" })}
        >
          Let it go on
        </Button>
      )}
      {!isOver && (
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label="More to do with this run">
              <Ellipsis size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {run.status !== "paused" && (
              <Menu.Item leftSection={<Pause size={16} aria-hidden />} onClick={() => act.mutate({ what: "pause" })}>
                Pause
              </Menu.Item>
            )}
            <Menu.Item leftSection={<Ban size={16} aria-hidden />} onClick={() => setAsks("cancel")}>
              Cancel the run
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Confirm
        opened={asks === "cancel"}
        title="Cancel this run?"
        action="Cancel the run"
        busy={act.isPending}
        onClose={() => setAsks(null)}
        onConfirm={() => act.mutate({ what: "cancel" }, { onSettled: () => setAsks(null) })}
      >
        What it waits for is given up, runs that it started end as well, and messages that have not gone yet are not sent.
        This cannot be undone.
      </Confirm>
      <Confirm
        opened={asks === "retry"}
        title="Try again from what failed?"
        action="Try again"
        harmless
        busy={act.isPending}
        onClose={() => setAsks(null)}
        onConfirm={() => act.mutate({ what: "retry", body: { resend } }, { onSettled: () => setAsks(null) })}
      >
        <Stack gap="sm">
          <span>
            The steps that failed run again, and what comes after them. What was sent is not sent again; messages that
            failed are sent anew.
          </span>
          <Checkbox
            checked={resend}
            onChange={(event) => setResend(event.currentTarget.checked)}
            label="Also send again what may have gone out already; somebody may get it twice"
          />
        </Stack>
      </Confirm>
    </>
  );
}

/** Tries again from one step of a run that has failed. */
export function RetryFrom({ run, step, title }: { run: Run; step: Step; title: string }) {
  const operates = useMay("operator");
  const act = useAct(run);
  const [asks, setAsks] = useState(false);
  if (!operates || !run.finished_at || !run.has_failures || run.status === "canceled") return null;
  return (
    <div>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<RotateCcw size={14} aria-hidden />}
        onClick={() => setAsks(true)}
      >
        Try again from here
      </Button>
      <Confirm
        opened={asks}
        title={`Try again from “${title}”?`}
        action="Try again"
        harmless
        busy={act.isPending}
        onClose={() => setAsks(false)}
        onConfirm={() => act.mutate({ what: "retry", body: { step: step.step } }, { onSettled: () => setAsks(false) })}
      >
        This step runs again, and everything after it, beside what failed. A message that it has sent is not sent again.
      </Confirm>
    </div>
  );
}

interface Asked {
  person: string;
  ours: string | null;
  channel: string;
}

/** Whom a run waits for, and the number it asked from. */
function askedOf(timeline: Timeline): Asked | null {
  const key = timeline.steps.flatMap((step) => step.wait?.keys ?? []).find((one) => one.startsWith("reply/"));
  if (!key) return null;
  const [, channel = "sms", person = ""] = key.split("/");
  const sent = timeline.steps
    .flatMap((step) => step.messages)
    .filter((message) => message.direction === "outbound" && message.to === person);
  return { person, channel, ours: sent.at(-1)?.from ?? null };
}

/** Answers in the person's place: on the simulated Twilio only, for there the phone is ours as well. */
function TestReply({ asked }: { asked: Asked }) {
  const { simulator } = useMe();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const send = useMutation({
    mutationFn: () => {
      const prefix = asked.channel === "whatsapp" ? "whatsapp:" : "";
      return ask(`/_simulator/handsets/${encodeURIComponent(asked.person)}/${asked.ours ? "send" : "reply"}`, {
        json: { body: text, ...(asked.ours ? { to: `${prefix}${asked.ours}` } : {}) },
      });
    },
    onSuccess: () => {
      setOpen(false);
      setText("");
      notifications.show({ message: "The reply is on its way." });
    },
  });
  return (
    <Popover opened={open} onChange={setOpen} width={320} position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<MessageCircleReply size={16} aria-hidden />}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          Send a test reply
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {simulator ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (text.trim()) send.mutate();
            }}
          >
            <Stack gap="xs">
              <TextInput
                label={`As ${phone(asked.person)}`}
                description="From the simulated phone, as if the person had written it."
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
                error={send.error ? explain(send.error).sentence : undefined}
                data-autofocus
              />
              <Button type="submit" loading={send.isPending} disabled={!text.trim()}>
                Send
              </Button>
            </Stack>
          </form>
        ) : (
          <Text size="sm">
            This goes through a real Twilio account: reply from your phone, {phone(asked.person)}. With{" "}
            <code>ringline dev</code> there is a simulated phone to try it on.
          </Text>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
