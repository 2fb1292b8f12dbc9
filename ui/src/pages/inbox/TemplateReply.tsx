import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useRef, useState } from "react";
import { ask } from "../../api/client";
import { ErrorNotice } from "../../components/ErrorNotice";
import { newKey } from "../../talk/key";
import type { Message, Way } from "../../talk/shapes";
import { type ContentTemplate, filled, isContentSid, readVariables, variablesOf } from "./template";
import inbox from "./Inbox.module.css";
import classes from "./TemplateReply.module.css";

/** Stands in the list for a template that is not in it. */
const BY_SID = "by its SID";

interface TemplateReplyProps {
  person: string;
  way: Way;
  /** It was sent, or is not to be sent after all. */
  close: () => void;
}

/** Sends an approved content template, which WhatsApp takes at any time: chosen from the account's, or named by its SID. */
export function TemplateReply({ person, way, close }: TemplateReplyProps) {
  const queries = useQueryClient();
  const key = useRef(newKey());
  const [chosen, setChosen] = useState<string | null>(null);
  const [values, setValues] = useState<Record<string, string>>({});
  const [sid, setSid] = useState("");
  const [lines, setLines] = useState("");
  const list = useQuery({
    queryKey: ["content templates", "list", way.credential],
    queryFn: () => ask<ContentTemplate[]>(`/api/v1/content-templates?credential=${encodeURIComponent(way.credential ?? "")}`),
    retry: false,
  });
  const sendable = list.data?.filter(({ approval }) => approval === "approved") ?? [];
  const template = sendable.find((one) => one.sid === chosen);
  // Where nothing can be chosen from, what is known from elsewhere can still be entered.
  const bySid = chosen === BY_SID || (!list.isPending && sendable.length === 0);
  const names = template ? variablesOf(template) : [];
  const written = readVariables(lines);
  const given = bySid ? written : Object.fromEntries(names.map((name) => [name, values[name]?.trim() ?? ""]));
  const can = given !== null && (bySid ? isContentSid(sid) : template !== undefined && Object.values(given).every(Boolean));
  const send = useMutation({
    mutationFn: () =>
      ask<Message>(`/api/v1/conversations/${encodeURIComponent(person)}/reply`, {
        json: {
          content_sid: bySid ? sid.trim() : template?.sid,
          content_variables: given,
          to: way.to,
          channel: way.channel,
          from: way.from,
        },
        headers: { "Idempotency-Key": key.current },
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["conversations"] });
      close();
    },
  });
  const change = (act: () => void) => {
    act();
    // Something else is another message.
    key.current = newKey();
  };
  return (
    <div className={classes.template}>
      {list.error && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {send.error && <ErrorNotice error={send.error} />}
      {(list.isPending || sendable.length > 0) && (
        <Select
          label="Template"
          placeholder={list.isPending ? "Asking Twilio for the templates" : "Choose an approved template"}
          disabled={list.isPending}
          searchable
          allowDeselect={false}
          value={chosen}
          onChange={(one) => change(() => setChosen(one))}
          data={[
            ...sendable.map((one) => ({ value: one.sid, label: `${one.name || one.sid} (${one.language})` })),
            { value: BY_SID, label: "Another one, by its SID" },
          ]}
        />
      )}
      {list.data && sendable.length === 0 && (
        <p className={classes.about}>
          {list.data.length === 0 ? "The account has no content template." : "WhatsApp has approved none of the account's templates yet."}{" "}
          Templates are made in Twilio's console under Content Template Builder.
        </p>
      )}
      {bySid && (
        <>
          <TextInput
            label="SID of the template"
            placeholder="HX…"
            value={sid}
            error={sid !== "" && !isContentSid(sid) ? "It is HX and 32 hexadecimal digits." : undefined}
            onChange={(event) => change(() => setSid(event.currentTarget.value))}
          />
          <Textarea
            label="Its variables"
            description="One in a line, such as 1: Ann"
            autosize
            minRows={1}
            maxRows={5}
            value={lines}
            error={written === null ? "Write the name, a colon and the value in each line." : undefined}
            onChange={(event) => change(() => setLines(event.currentTarget.value))}
          />
        </>
      )}
      {template && (
        <>
          {names.length > 0 && (
            <div className={classes.variables}>
              {names.map((name) => (
                <TextInput
                  key={name}
                  label={`{{${name}}}`}
                  placeholder={template.variables[name] ? `such as ${template.variables[name]}` : undefined}
                  value={values[name] ?? ""}
                  onChange={(event) => {
                    const value = event.currentTarget.value;
                    change(() => setValues((before) => ({ ...before, [name]: value })));
                  }}
                />
              ))}
            </div>
          )}
          <section className={`${inbox.bubble} ${inbox.ours}`} aria-label="What they get">
            <p className={inbox.said}>{filled(template.text, values)}</p>
          </section>
        </>
      )}
      <div className={classes.foot}>
        <Button type="button" size="xs" variant="default" onClick={close}>
          Back
        </Button>
        <Button
          type="button"
          size="xs"
          leftSection={<Send size={14} aria-hidden />}
          disabled={!can}
          loading={send.isPending}
          onClick={() => send.mutate()}
        >
          Send the template
        </Button>
      </div>
    </div>
  );
}
