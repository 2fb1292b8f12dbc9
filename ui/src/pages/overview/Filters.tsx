import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { api, data } from "../../api/typed";
import { useMay } from "../../app/me";
import { asked, type Chosen, daysAgo, exportOf, flowFigures, type Span, SPANS } from "./asking";
import classes from "./Overview.module.css";

const CHANNELS = [
  { value: "sms", label: "SMS" },
  { value: "whatsapp", label: "WhatsApp" },
  { value: "voice", label: "Calls" },
];
/** What stands in the list for messages that no workflow has to do with. */
const NO_FLOW = "\u0000";

/** Of when, and of what. */
export function Filters({ chosen, choose }: { chosen: Chosen; choose: (change: Chosen) => void }) {
  const operates = useMay("operator");
  const question = asked(chosen);
  const flows = useQuery(flowFigures(question));
  const credentials = useQuery({
    queryKey: ["credentials", "list"],
    queryFn: () => data(api.GET("/api/v1/credentials")),
    enabled: operates,
  });
  const names = new Set((flows.data ?? []).map(({ flow }) => flow).filter((flow) => flow !== ""));
  if (chosen.flow) names.add(chosen.flow);
  return (
    <div className={classes.filters}>
      <SegmentedControl
        size="sm"
        aria-label="Range"
        value={chosen.range ?? "7d"}
        onChange={(range) => choose({ range: range as Span })}
        data={SPANS}
      />
      {chosen.range === "custom" && (
        <div className={classes.days}>
          <TextInput
            type="date"
            aria-label="First day"
            value={chosen.from ?? daysAgo(13)}
            max={daysAgo(0)}
            onChange={(event) => choose({ from: event.currentTarget.value || undefined })}
          />
          <span aria-hidden>–</span>
          <TextInput
            type="date"
            aria-label="Last day"
            value={chosen.to ?? daysAgo(0)}
            max={daysAgo(0)}
            onChange={(event) => choose({ to: event.currentTarget.value || undefined })}
          />
        </div>
      )}
      <Select
        aria-label="Workflow"
        placeholder="Every workflow"
        clearable
        searchable
        value={chosen.flow === "" ? NO_FLOW : (chosen.flow ?? null)}
        onChange={(flow) => choose({ flow: flow === NO_FLOW ? "" : (flow ?? undefined) })}
        data={[...[...names].sort().map((name) => ({ value: name, label: name })), { value: NO_FLOW, label: "None (API, broadcasts)" }]}
        w={190}
      />
      <Select
        aria-label="Channel"
        placeholder="Every channel"
        clearable
        value={chosen.channel ?? null}
        onChange={(channel) => choose({ channel: (channel as Chosen["channel"]) ?? undefined })}
        data={CHANNELS}
        w={150}
      />
      {(credentials.data?.length ?? 0) > 1 && (
        <Select
          aria-label="Credential"
          placeholder="Every credential"
          clearable
          value={chosen.credential ?? null}
          onChange={(credential) => choose({ credential: credential ?? undefined })}
          data={(credentials.data ?? []).map(({ name }) => name)}
          w={170}
        />
      )}
      {operates && (
        <Button
          component="a"
          variant="default"
          href={exportOf(question)}
          download
          leftSection={<Download size={15} aria-hidden />}
          ml="auto"
        >
          CSV
        </Button>
      )}
    </div>
  );
}
