import { Button, Select, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { ask } from "../../api/client";
import { ErrorNotice } from "../../components/ErrorNotice";
import { shortly } from "../../components/Moment";
import { newKey } from "../../talk/key";
import { countSegments } from "../../talk/segments";
import type { Message, Way } from "../../talk/shapes";
import { channelName, phone } from "../../talk/words";
import { Closed, takesTemplates } from "./Closed";
import { TemplateReply } from "./TemplateReply";
import classes from "./Inbox.module.css";

/**
 * Where one answers: to which of their numbers and from which of ours, how long it is on the wire, and why it cannot be
 * where it cannot. It begins with the number they wrote from last.
 */
export function Reply({ person, name, ways }: { person: string; name: string; ways: Way[] }) {
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [withTemplate, setWithTemplate] = useState(false);
  const key = useRef(newKey());
  const about = useId();
  const usual = ways[0];
  const way = ways.find((one) => keyOf(one) === chosen) ?? (usual && bestTo(usual.to, ways));
  const send = useMutation({
    mutationFn: () =>
      ask<Message>(`/api/v1/conversations/${encodeURIComponent(person)}/reply`, {
        json: { message: text, to: way?.to, channel: way?.channel, from: way?.from },
        headers: { "Idempotency-Key": key.current },
      }),
    onSuccess: () => {
      setText("");
      key.current = newKey();
      void queries.invalidateQueries({ queryKey: ["conversations"] });
    },
  });
  if (!way) {
    return (
      <div className={classes.reply}>
        <p className={classes.closed}>There is no number to write from. Add a credential with a default sender.</p>
      </div>
    );
  }
  const numbers = [...new Set(ways.map((one) => one.to))];
  const hows = ways.filter((one) => one.to === way.to);
  const { encoding, segments, left } = countSegments(text);
  const can = way.allowed && text.trim() !== "" && !send.isPending;
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && can) {
      event.preventDefault();
      send.mutate();
    }
  };
  const closed = !way.allowed && (
    <Closed
      id={about}
      way={way}
      open={ways.filter((one) => one.allowed)}
      several={numbers.length > 1}
      onChoose={(one) => setChosen(keyOf(one))}
      onTemplate={withTemplate ? undefined : () => setWithTemplate(true)}
    />
  );
  if (withTemplate && takesTemplates(way)) {
    return (
      <section className={classes.reply} aria-label={`Send ${name} a template`}>
        {closed}
        <TemplateReply key={keyOf(way)} person={person} way={way} close={() => setWithTemplate(false)} />
      </section>
    );
  }
  return (
    <form
      className={classes.reply}
      aria-label={`Answer ${name}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (can) send.mutate();
      }}
    >
      {closed}
      {send.error && <ErrorNotice error={send.error} />}
      <Textarea
        aria-label={`Message to ${name}`}
        aria-describedby={way.allowed ? undefined : about}
        placeholder={way.allowed ? "Write a message (Ctrl+Enter sends it)" : takesTemplates(way) ? "No text can be sent this way now" : "Nothing can be sent this way now"}
        autosize
        minRows={2}
        maxRows={7}
        maxLength={1600}
        value={text}
        disabled={!way.allowed}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      <div className={classes.replyFoot}>
        {numbers.length > 1 && (
          <Select
            aria-label="To"
            size="xs"
            w={185}
            allowDeselect={false}
            value={way.to}
            onChange={(to) => {
              const best = to && bestTo(to, ways);
              if (best) setChosen(keyOf(best));
            }}
            data={numbers.map((to) => ({ value: to, label: `To ${phone(to)}` }))}
          />
        )}
        <Select
          aria-label="From"
          size="xs"
          w={240}
          allowDeselect={false}
          value={keyOf(way)}
          onChange={setChosen}
          data={hows.map((one) => ({ value: keyOf(one), label: `${channelName(one.channel)} from ${phone(one.from)}` }))}
        />
        <span className={classes.count} role="status">
          {way.allowed && way.channel === "whatsapp" && way.window_until
            ? `WhatsApp takes free text until ${shortly(new Date(way.window_until), new Date())}`
            : text
              ? `${segments} ${segments === 1 ? "segment" : "segments"}, ${left} characters left (${encoding})`
              : ""}
        </span>
        <Button type="submit" size="xs" leftSection={<Send size={14} aria-hidden />} disabled={!can} loading={send.isPending}>
          Send
        </Button>
      </div>
    </form>
  );
}

function keyOf(way: Way): string {
  return `${way.channel}/${way.to}/${way.from}`;
}

/** The first way to a number that is open, else the first of all: why it is closed is what is said then. */
function bestTo(to: string, ways: Way[]): Way | undefined {
  const all = ways.filter((one) => one.to === to);
  return all.find((one) => one.allowed) ?? all[0];
}
