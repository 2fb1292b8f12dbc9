import { Button, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../api/client";
import { useForm } from "./context";
import { Fold } from "./Form";
import { isRecord } from "./shapes";
import { languageName } from "./fields/TemplateFields";
import classes from "./panel.module.css";

interface Counted {
  text: string;
  encoding: string;
  segments: number;
  units: number[];
  capacity: number;
  characters: number;
}

interface Sample {
  name: string;
  value: unknown;
  required: boolean;
}

export interface MessagePreviewed {
  message: Counted | null;
  samples: Sample[];
  fault: { message: string; fix: string; position: number | null } | null;
  beyond_gsm7: { character: string; name: string; replacement: string | null }[];
  plain: Counted | null;
  plain_source: string | null;
  price: { amount: string | null; unit: string; as_of: string; note: string; country: string | null } | null;
}

/** What people get: the text with its gaps filled in, its segments, what it costs, and what makes it dear. */
export function MessagePreview({
  field,
  channel,
  placeholders = false,
}: {
  field: string;
  channel: "sms" | "whatsapp" | "voice";
  placeholders?: boolean;
}) {
  const { root, graph, change } = useForm();
  const fields = isRecord(root) ? root : {};
  const written = fields[field];
  const texts: [string | null, string][] = isRecord(written)
    ? Object.entries(written).map(([language, text]) => [language, String(text ?? "")])
    : typeof written === "string" && written !== ""
      ? [[null, written]]
      : [];
  const [samples, setSamples] = useState<Record<string, unknown>>({});
  const to = typeof fields.to === "string" && fields.to.startsWith("+") ? fields.to : null;
  const media = Array.isArray(fields.media) ? fields.media.length : fields.media === undefined ? 0 : 1;
  const usual = (key: string) => (typeof graph.defaults[key] === "string" ? graph.defaults[key] : undefined);
  const given = Object.fromEntries(
    graph.inputs.filter((input) => !input.required && isPlain(input.default)).map((input) => [input.name, input.default]),
  );
  return (
    <>
      {texts.map(([language, text]) => (
        <OneText
          key={language ?? ""}
          language={language}
          request={{
            text,
            channel,
            placeholders,
            samples: { ...given, ...samples },
            to,
            media: Math.min(media, 10),
            language: language ?? usual("language") ?? "en",
            timezone: usual("timezone") ?? "UTC",
            ...(usual("country")?.length === 2 ? { country: usual("country") } : {}),
          }}
          onSample={(name, value) => setSamples({ ...samples, [name]: value })}
          onReplace={(plain) => change(language === null ? [field] : [field, language], plain)}
        />
      ))}
    </>
  );
}

function isPlain(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function OneText({
  language,
  request,
  onSample,
  onReplace,
}: {
  language: string | null;
  request: { text: string; channel: "sms" | "whatsapp" | "voice" } & Record<string, unknown>;
  onSample: (name: string, value: string) => void;
  onReplace: (text: string) => void;
}) {
  const [asked] = useDebouncedValue(JSON.stringify(request), 250);
  const { data } = useQuery({
    queryKey: ["message-preview", asked],
    queryFn: () => ask<MessagePreviewed>("/api/v1/previews/message", { json: JSON.parse(asked) as unknown }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  if (data === undefined) return null;
  const { message } = data;
  return (
    <section className={classes.preview} aria-label={language === null ? "Preview" : `Preview in ${languageName(language)}`}>
      <Text size="xs" fw={600} c="dimmed">
        {request.channel === "voice" ? "What is said" : "What people get"}
        {language !== null && ` in ${languageName(language)}`}
      </Text>
      {data.fault !== null && (
        <div className={classes.warning} role="status">
          {data.fault.message} {data.fault.fix}
        </div>
      )}
      {message !== null && (
        <>
          <div className={classes.bubble} data-channel={request.channel}>
            {message.text}
          </div>
          {request.channel === "sms" && <Segments message={message} price={data.price} />}
          {request.channel === "whatsapp" && (
            <div className={classes.counts}>
              <span>
                <strong>{message.characters}</strong> of 1,600 characters
              </span>
              {data.price?.amount && <Price price={data.price} />}
            </div>
          )}
        </>
      )}
      {message !== null && message.encoding === "UCS-2" && data.beyond_gsm7.length > 0 && (
        <Dear previewed={data} message={message} onReplace={onReplace} />
      )}
      {data.samples.length > 0 && (
        <Fold title={`Sample data ${data.samples.length}`}>
          <div className={classes.samples}>
            {data.samples.map((sample) => (
              <SampleInput key={sample.name} sample={sample} onChange={(value) => onSample(sample.name, value)} />
            ))}
          </div>
        </Fold>
      )}
    </section>
  );
}

function SampleInput({ sample, onChange }: { sample: Sample; onChange: (value: string) => void }) {
  const isText = typeof sample.value !== "object" || sample.value === null;
  return (
    <>
      <code>{sample.name}</code>
      <TextInput
        size="xs"
        aria-label={`Sample for ${sample.name}`}
        value={isText ? String(sample.value ?? "") : JSON.stringify(sample.value)}
        readOnly={!isText}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </>
  );
}

function Segments({ message, price }: { message: Counted; price: MessagePreviewed["price"] }) {
  return (
    <>
      <div className={classes.counts} role="status">
        <span>
          <strong>{message.segments}</strong> segment{message.segments === 1 ? "" : "s"}
        </span>
        <span>
          <strong>{message.characters}</strong> characters
        </span>
        <span>
          <strong>{message.encoding}</strong>, {message.capacity} a segment
        </span>
        {price?.amount && <Price price={price} />}
      </div>
      <div className={classes.bars} aria-hidden>
        {message.units.slice(0, 12).map((units, index) => (
          <div key={index} className={classes.bar}>
            <span style={{ width: `${Math.min(100, (units / message.capacity) * 100)}%` }} />
          </div>
        ))}
      </div>
    </>
  );
}

function Price({ price }: { price: NonNullable<MessagePreviewed["price"]> }) {
  return (
    <span title={`${price.note} Prices as of ${price.as_of}.`}>
      about{" "}
      <strong>
        {Number(price.amount).toLocaleString(undefined, { style: "currency", currency: price.unit, maximumFractionDigits: 4 })}
      </strong>{" "}
      in {price.country}
    </span>
  );
}

/** Why a text takes UCS-2, and the same without it. */
function Dear({
  previewed,
  message,
  onReplace,
}: {
  previewed: MessagePreviewed;
  message: Counted;
  onReplace: (text: string) => void;
}) {
  const { plain, plain_source } = previewed;
  const named = previewed.beyond_gsm7
    .slice(0, 4)
    .map((one) => `${one.character} (${one.name.toLowerCase()})`)
    .join(", ");
  const rest = previewed.beyond_gsm7.length > 4 ? ` and ${previewed.beyond_gsm7.length - 4} more` : "";
  return (
    <div className={classes.warning} role="status">
      {named}
      {rest} make{previewed.beyond_gsm7.length === 1 ? "s" : ""} this message UCS-2: 70 characters fit in a segment
      instead of 160.
      {plain !== null && plain_source !== null && (
        <>
          {" "}
          With plain characters it would take {plain.segments} segment{plain.segments === 1 ? "" : "s"} instead of{" "}
          {message.segments}.
          <br />
          <Button size="compact-xs" variant="default" mt={6} onClick={() => onReplace(plain_source)}>
            Replace them
          </Button>
        </>
      )}
    </div>
  );
}
