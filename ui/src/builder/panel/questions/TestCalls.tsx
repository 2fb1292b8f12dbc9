import { Button, Text } from "@mantine/core";
import { Play } from "lucide-react";
import { EmptyState } from "../../../components/EmptyState";
import { StatusPill } from "../../../components/StatusPill";
import type { TestCall } from "./preview";
import classes from "./TestCalls.module.css";

const ENDS: Record<string, string> = {
  end: "The interview is complete",
  end_call: "A rule ends the call",
  transfer: "A person takes over",
  max_visits: "Asked as often as it may be",
};

/** One test call for each way through the interview; played, they show that every way goes where it should. */
export function TestCalls({
  calls,
  shown,
  onShow,
  isPlayed,
  onPlay,
}: {
  calls: readonly TestCall[];
  shown: number | null;
  onShow: (at: number) => void;
  isPlayed: boolean;
  onPlay: () => void;
}) {
  if (calls.length === 0) {
    return <EmptyState title="No test calls yet">They are made from the questions once there is no error in them.</EmptyState>;
  }
  const failed = calls.filter((call) => call.played !== null && !call.played.as_planned).length;
  return (
    <>
      <div className={classes.playAll}>
        <Text size="xs" c="dimmed" role="status">
          {isPlayed && calls.some((call) => call.played !== null)
            ? failed === 0
              ? `All ${calls.length} calls went as planned.`
              : `${failed} of ${calls.length} calls went another way.`
            : `${calls.length} calls try every way through.`}
        </Text>
        <Button size="compact-sm" leftSection={<Play size={13} />} variant="default" disabled={isPlayed} onClick={onPlay}>
          Walk all paths
        </Button>
      </div>
      <ol className={classes.calls}>
        {calls.map((call, index) => (
          <li key={index}>
            <button type="button" className={classes.call} aria-pressed={index === shown} onClick={() => onShow(index)}>
              <span className={classes.callHead}>
                <strong>Call {index + 1}</strong>
                {call.played !== null && (
                  <StatusPill tone={call.played.as_planned ? "good" : "bad"}>
                    {call.played.as_planned ? "as planned" : call.played.outcome.replace(/_/g, " ")}
                  </StatusPill>
                )}
              </span>
              {call.answers.map((answer, place) => (
                <span key={place} className={classes.exchange}>
                  <span>{answer.question}</span>
                  <span>
                    {answer.say === "" ? "stays silent" : `“${answer.say}”`}
                    {answer.keys !== null && ` or key ${answer.keys}`}
                  </span>
                </span>
              ))}
              <span className={classes.callEnd}>
                {ENDS[call.end] ?? call.end}
                {call.message !== null && `: “${call.message}”`}
                {call.played !== null && `, after about ${Math.round(call.played.seconds)} s`}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}
