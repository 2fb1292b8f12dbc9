import { Anchor, Button, Group, NumberInput, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PhoneCall, Play, Smartphone } from "lucide-react";
import { useRef, useState } from "react";
import { ask } from "../../api/client";
import { useMe } from "../../app/me";
import { ErrorNotice } from "../../components/ErrorNotice";
import { counted } from "../attention";
import { sessionOf } from "../session";
import type { Draft, InputSpec } from "../types";
import { firstValues, formOf, lastInputs, rememberInputs, valuesToSend } from "./inputs";
import { RunNews } from "./RunNews";
import { aboutRunning, runnable } from "./runnable";
import classes from "./RunPanel.module.css";
import type { RunOut, Watched } from "./use-run";

/** A phone of the simulator, as far as a form offers it. */
interface Handset {
  number: string;
  name: string;
}

const CALLS = ["twilio/voice_call", "twilio/voice_agent"];

interface RunPanelProps {
  draft: Draft;
  watched: Watched;
  started: (id: string) => void;
  focusStep: (id: string) => void;
}

/** Running the workflow from the page: its inputs, and what becomes of the run. Who may not edit runs what is in force. */
export function RunPanel({ draft, watched, started, focusStep }: RunPanelProps) {
  const { graph, name } = draft;
  const { simulator, role } = useMe();
  const which = runnable(draft, role);
  const [values, setValues] = useState(() => firstValues(graph.inputs, lastInputs(name)));
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const underWay = useRef(false);
  const phones = useQuery({
    queryKey: ["phones"],
    queryFn: () => ask<{ phones: Handset[] }>("/_simulator/phones"),
    enabled: simulator,
    retry: false,
  }).data?.phones;
  const mine = phones?.[0] ?? null;
  const { errors, open } = which === "draft" ? counted(draft.faults) : { errors: 0, open: 0 };
  const calls = graph.steps.some((step) => CALLS.some((type) => step.type.startsWith(type)));
  const recipients = graph.inputs.filter((input) => formOf(input, graph) === "phone");
  const offersCall = calls && mine !== null && recipients.length > 0;
  const callMeWords = `Runs it with my phone, ${mine?.number ?? ""}, as ${recipients[0]?.name ?? ""}. The phone rings in the simulator.`;
  const change = (input: string, value: unknown) => {
    setValues((before) => ({ ...before, [input]: value }));
    setFaults(({ [input]: _, ...others }) => others);
  };

  const run = async (given: Record<string, unknown>) => {
    const { inputs, faults: found } = valuesToSend(graph, given);
    setFaults(found);
    setFailure(null);
    if (Object.keys(found).length > 0 || underWay.current) return;
    // A second click may come before the buttons are drawn anew.
    underWay.current = true;
    setBusy(true);
    try {
      if (which === "draft") await sessionOf(name).settled();
      const of = encodeURIComponent(name);
      const path = which === "draft" ? `/api/v1/drafts/${of}/run` : `/api/v1/workflows/${of}/runs`;
      const run = await ask<RunOut>(path, { json: { inputs } });
      rememberInputs(name, given);
      started(run.id);
    } catch (error) {
      setFailure(error);
    } finally {
      underWay.current = false;
      setBusy(false);
    }
  };
  const callMe = () => {
    const given = { ...values, ...Object.fromEntries(recipients.slice(0, 1).map((input) => [input.name, mine?.number])) };
    setValues(given);
    void run(given);
  };

  if (which === null) {
    return (
      <div className={classes.panel}>
        <Text size="sm" c="dimmed">
          {aboutRunning(draft, role)}
        </Text>
      </div>
    );
  }
  return (
    <div className={classes.panel}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(values);
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {graph.inputs.length === 0 && "It takes no inputs. "}
            {aboutRunning(draft, role)}
          </Text>
          {graph.inputs.map((input) => (
            <InputField
              key={input.name}
              input={input}
              form={formOf(input, graph)}
              value={values[input.name]}
              fault={faults[input.name]}
              mine={mine}
              change={(value) => change(input.name, value)}
            />
          ))}
          {errors + open > 0 && (
            <Text size="sm" c={errors > 0 ? "var(--rl-bad)" : "var(--rl-busy)"}>
              {whatIsMissing(errors, open)}
            </Text>
          )}
          {graph.steps.length === 0 && (
            <Text size="sm" c="dimmed">
              Add a step before you run it.
            </Text>
          )}
          {failure !== null && <ErrorNotice error={failure} />}
          <Group gap="xs">
            <Button
              type="submit"
              leftSection={<Play size={15} aria-hidden />}
              loading={busy}
              disabled={busy || errors + open > 0 || graph.steps.length === 0}
            >
              Run
            </Button>
            {simulator && (
              <Anchor component={Link} to="/phone" target="_blank" size="sm" className={classes.phone}>
                <Smartphone size={15} aria-hidden /> Open the phone
              </Anchor>
            )}
          </Group>
          {offersCall && (
            <Group gap="xs" wrap="nowrap">
              <Button
                variant="default"
                leftSection={<PhoneCall size={15} aria-hidden />}
                onClick={callMe}
                disabled={busy || errors + open > 0}
                title={callMeWords}
                aria-describedby="call-me"
                flex="none"
              >
                Call me
              </Button>
              <Text id="call-me" size="xs" c="dimmed">
                {callMeWords}
              </Text>
            </Group>
          )}
        </Stack>
      </form>
      {watched.run && <RunNews draft={draft} watched={watched} focusStep={focusStep} />}
    </div>
  );
}

function whatIsMissing(errors: number, open: number): string {
  if (errors === 0) return open === 1 ? "One field is to be filled in before it can run." : `${open} fields are to be filled in before it can run.`;
  return errors + open === 1 ? "One fault must be mended before it can run." : `${errors + open} faults must be mended before it can run.`;
}

interface InputFieldProps {
  input: InputSpec;
  form: ReturnType<typeof formOf>;
  value: unknown;
  fault: string | undefined;
  mine: Handset | null;
  change: (value: unknown) => void;
}

function InputField({ input, form, value, fault, mine, change }: InputFieldProps) {
  const shared = {
    label: input.name,
    description: input.description ?? undefined,
    error: fault,
    required: input.required,
    withAsterisk: input.required,
  };
  if (form === "yes_no") {
    return (
      <Switch
        label={input.name}
        description={shared.description}
        error={fault}
        checked={value === true}
        onChange={(event) => change(event.currentTarget.checked)}
      />
    );
  }
  if (form === "number") {
    return (
      <NumberInput {...shared} required={false} value={typeof value === "number" ? value : ""} onChange={(given) => change(given === "" ? undefined : Number(given))} />
    );
  }
  if (form === "json") {
    const text = typeof value === "string" || value === undefined ? (value ?? "") : JSON.stringify(value);
    return (
      <Textarea {...shared} required={false} autosize minRows={2} maxRows={8} ff="monospace" value={text} onChange={(event) => change(event.currentTarget.value)} />
    );
  }
  if (form === "moment") {
    return (
      <TextInput
        {...shared}
        required={false}
        type="datetime-local"
        value={localMoment(value)}
        onChange={(event) => change(event.currentTarget.value ? new Date(event.currentTarget.value).toISOString() : "")}
      />
    );
  }
  const text = value === undefined || value === null ? "" : String(value);
  return (
    <div>
      <TextInput
        {...shared}
        required={false}
        type={form === "phone" ? "tel" : "text"}
        placeholder={form === "phone" ? "+14155550123" : undefined}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
      {form === "phone" && mine && (
        // It stays once it was taken: what lies below must not move under the pointer.
        <button
          type="button"
          className={classes.offer}
          aria-disabled={text === mine.number || undefined}
          onClick={() => change(mine.number)}
        >
          {text === mine.number ? "This is my phone" : `Use my phone, ${mine.number}`}
        </button>
      )}
    </div>
  );
}

/** A moment as a `datetime-local` field wants it: in the reader's zone, without saying so. */
function localMoment(value: unknown): string {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) return "";
  const at = new Date(value);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
