import { Checkbox, Group, Select, SegmentedControl, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, data } from "../../api/typed";
import { ProblemError } from "../../api/problem";
import { FormDialog } from "../../components/FormDialog";
import { type Budget, type BudgetIn, whose } from "./budget";

type Scope = NonNullable<BudgetIn["scope"]>;
type Unit = NonNullable<BudgetIn["unit"]>;

const SCOPES: { value: Scope; label: string }[] = [
  { value: "all", label: "Everything" },
  { value: "flow", label: "A workflow" },
  { value: "credential", label: "A credential" },
];
const UNITS: { value: Unit; label: string }[] = [
  { value: "money", label: "Money" },
  { value: "messages", label: "Messages" },
  { value: "segments", label: "Segments" },
  { value: "calls", label: "Calls" },
];
const SHARES = ["50", "60", "70", "80", "90", "95", "100"].map((value) => ({ value, label: `${value}%` }));
const ZONES: string[] = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** A budget to be set or changed. */
export function BudgetForm({ budget, onClose }: { budget: Budget | null; onClose: () => void }) {
  const client = useQueryClient();
  const [scope, setScope] = useState<Scope>(budget?.scope ?? "all");
  const [target, setTarget] = useState<string | null>(budget?.target ?? null);
  const [unit, setUnit] = useState<Unit>(budget?.unit ?? "money");
  const [limit, setLimit] = useState(budget?.limit ?? "");
  const [currency, setCurrency] = useState(budget?.currency ?? "USD");
  const [warnAt, setWarnAt] = useState(String(Math.round((budget?.warn_at ?? 0.8) * 100)));
  const [stops, setStops] = useState(budget?.stops ?? true);
  const [zone, setZone] = useState(budget?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC");
  const setting = useMutation({
    mutationFn: (body: BudgetIn) => data(api.PUT("/api/v1/budgets", { body })),
    onSuccess: () => {
      notifications.show({ message: "The budget is set. What waited for a budget is looked at again." });
      onClose();
      void client.invalidateQueries({ queryKey: ["budgets"] });
    },
  });
  const faultOf = (field: string) =>
    setting.error instanceof ProblemError && setting.error.field === field
      ? `${setting.error.message} ${setting.error.fix}`.replace(/`([^`]*)`/g, "“$1”").trim()
      : undefined;
  const submit = () =>
    setting.mutate({
      scope,
      target: scope === "all" ? null : target,
      unit,
      limit: limit.trim(),
      currency,
      warn_at: Number(warnAt) / 100,
      stops,
      time_zone: zone,
    });
  const isPlaced = ["limit", "target", "currency", "time_zone"].some((field) => faultOf(field));
  return (
    <FormDialog
      opened
      title={budget === null ? "Set a budget" : `The budget of ${whose(budget).toLowerCase()}`}
      action={budget === null ? "Set the budget" : "Change it"}
      busy={setting.isPending}
      incomplete={scope !== "all" && !target}
      error={isPlaced ? null : setting.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {budget === null && (
        <>
          <div>
            <Text size="sm" fw={500} mb={4} id="budget-scope">
              For
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="budget-scope"
              data={SCOPES}
              value={scope}
              onChange={(value) => {
                setScope(value as Scope);
                setTarget(null);
              }}
            />
          </div>
          {scope === "flow" && <FlowChoice value={target} onChange={setTarget} error={faultOf("target")} />}
          {scope === "credential" && <CredentialChoice value={target} onChange={setTarget} />}
          <div>
            <Text size="sm" fw={500} mb={4} id="budget-unit">
              Counted in
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="budget-unit"
              data={UNITS}
              value={unit}
              onChange={(value) => setUnit(value as Unit)}
            />
          </div>
        </>
      )}
      <Group grow align="flex-start">
        <TextInput
          label="Limit a day"
          required
          inputMode="decimal"
          placeholder={unit === "money" ? "20.00" : "500"}
          value={limit}
          error={faultOf("limit")}
          onChange={(event) => setLimit(event.currentTarget.value)}
          data-autofocus
        />
        {unit === "money" && (
          <TextInput
            label="Currency"
            required
            maxLength={3}
            value={currency}
            error={faultOf("currency")}
            onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
          />
        )}
      </Group>
      <Group grow align="flex-start">
        <Select
          label="Warn from"
          allowDeselect={false}
          data={SHARES.some(({ value }) => value === warnAt) ? SHARES : [...SHARES, { value: warnAt, label: `${warnAt}%` }]}
          value={warnAt}
          onChange={(value) => setWarnAt(value ?? "80")}
        />
        <Select
          label="Time zone of the day"
          searchable
          allowDeselect={false}
          data={ZONES}
          value={zone}
          error={faultOf("time_zone")}
          onChange={(value) => setZone(value ?? "UTC")}
        />
      </Group>
      <Checkbox
        label="Hold back what goes beyond it until the next day"
        description="Urgent messages go all the same, with a warning. Without this there are only warnings."
        checked={stops}
        onChange={(event) => setStops(event.currentTarget.checked)}
      />
      {budget === null && (
        <Text size="xs" c="dimmed">
          It counts from now on, without what went out earlier today.
        </Text>
      )}
      {unit === "money" && (
        <Text size="xs" c="dimmed">
          A message counts with its forecast when it goes, and with Twilio's price once that is known. Where no price
          is on file for a country it counts only then.
        </Text>
      )}
    </FormDialog>
  );
}

function FlowChoice(props: { value: string | null; onChange: (value: string | null) => void; error?: string }) {
  const flows = useQuery({
    queryKey: ["workflows", "list", "names"],
    queryFn: () => data(api.GET("/api/v1/workflows")),
  });
  const names = (flows.data ?? []).map(({ name }) => name);
  return <Select label="Workflow" required searchable data={names} {...props} />;
}

function CredentialChoice(props: { value: string | null; onChange: (value: string | null) => void }) {
  const credentials = useQuery({
    queryKey: ["credentials", "list"],
    queryFn: () => data(api.GET("/api/v1/credentials")),
  });
  return <Select label="Credential" required data={(credentials.data ?? []).map(({ name }) => name)} {...props} />;
}
