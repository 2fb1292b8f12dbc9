import { Button, Progress, SegmentedControl, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/client";
import { ErrorNotice } from "../../../components/ErrorNotice";
import { StatusPill, type Tone } from "../../../components/StatusPill";
import { isRecord } from "../shapes";
import type { Understood } from "./preview";
import classes from "./TryAnswer.module.css";
import { typeOf, valueOf } from "./spelling";

const TONES: Record<string, [Tone, string]> = {
  ok: ["good", "Understood"],
  ambiguous: ["wait", "Could be several"],
  out_of_range: ["wait", "Out of bounds"],
  refused: ["wait", "Does not want to answer"],
  dont_know: ["wait", "Does not know"],
  meta: ["busy", "Wants something else"],
  silence: ["idle", "Silence"],
  no_match: ["bad", "Not understood"],
};

const EXAMPLES: Record<string, string[]> = {
  yes_no: ["yeah sure", "not really", "maybe"],
  number: ["about seven", "two and a half", "none"],
  multiple_choice: ["the first one", "something else"],
  date: ["next Tuesday", "May 4th", "tomorrow"],
  time: ["half past three", "noon"],
  duration: ["an hour and a half"],
  phone: ["four one five, five five five, oh one two three"],
  email: ["maria at example dot com"],
  digits: ["four eight two nine"],
  text: ["It was fine", "Can you repeat that?"],
};

/** What a caller might say, and what would be understood: how sure, why, and where it leads. */
export function TryAnswer({
  question,
  id,
  questions,
  flow,
  language,
}: {
  question: unknown;
  id: string;
  questions: readonly unknown[];
  flow: string;
  language: string;
}) {
  const [text, setText] = useState("");
  const [keys, setKeys] = useState(false);
  const { data, error, mutate, isPending } = useMutation({
    mutationFn: (said: { text: string; keys: boolean }) =>
      ask<Understood>("/api/v1/previews/understanding", {
        json: { question: isRecord(question) ? question : {}, id, questions, flow, language, ...said },
      }),
  });
  const said = (words: string) => {
    setText(words);
    mutate({ text: words, keys });
  };
  const [tone, word] = TONES[data?.status ?? ""] ?? ["idle", data?.status ?? ""];
  return (
    <div className={classes.tryAnswer}>
      <Text size="sm" fw={600}>
        {String(valueOf(question, "question") ?? "") || "This question has no words yet."}
      </Text>
      <form
        className={classes.said}
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ text, keys });
        }}
      >
        <SegmentedControl
          size="xs"
          aria-label="How it is answered"
          value={keys ? "keys" : "speech"}
          data={[
            { value: "speech", label: "Spoken" },
            { value: "keys", label: "Keyed in" },
          ]}
          onChange={(how) => setKeys(how === "keys")}
        />
        <TextInput
          aria-label={keys ? "Keys that are pressed" : "What is said"}
          placeholder={keys ? "1" : "What a caller might say"}
          value={text}
          flex={1}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" loading={isPending}>
          Try
        </Button>
      </form>
      {!keys && (
        <div className={classes.chips}>
          {(EXAMPLES[typeOf(question)] ?? []).map((example) => (
            <Button key={example} size="compact-xs" variant="default" onClick={() => said(example)}>
              {example}
            </Button>
          ))}
        </div>
      )}
      {error !== null && <ErrorNotice error={error} />}
      {data !== undefined && error === null && (
        <div className={classes.understood} role="status">
          <StatusPill tone={tone}>{word}</StatusPill>
          <Text size="sm">{data.sentence}</Text>
          {data.status === "ok" && (
            <>
              <Text size="xs" c="dimmed">
                How sure: {Math.round(data.confidence * 100)} %
              </Text>
              <Progress value={data.confidence * 100} size="sm" aria-label="How sure it is" />
            </>
          )}
          {data.evidence.length > 0 && (
            <div>
              <Text size="xs" c="dimmed">
                Because of
              </Text>
              <ul className={classes.why}>
                {data.evidence.map((reason, index) => (
                  <li key={index}>{reason}</li>
                ))}
              </ul>
            </div>
          )}
          {data.words_match && <Text size="xs">A condition looks for these very words, so it is not asked again.</Text>}
          {data.leads_to !== null && (
            <Text size="sm">
              Then: <strong>{destination(data.leads_to)}</strong>
              {data.leads_to.why !== "" && ` (${data.leads_to.why})`}
            </Text>
          )}
        </div>
      )}
    </div>
  );
}

function destination(leads: NonNullable<Understood["leads_to"]>): string {
  if (leads.question !== null) return leads.question;
  return { end: "the end", end_call: "the call ends", transfer: "a person takes over" }[leads.kind] ?? leads.kind;
}
