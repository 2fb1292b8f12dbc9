import { ActionIcon, SegmentedControl, Table, Tooltip } from "@mantine/core";
import { Download } from "lucide-react";
import { useState } from "react";
import { useMay } from "../../app/me";
import { Card } from "../settings/Card";
import { Plot } from "./charts/Plot";
import { type Chart, csvOf } from "./chart";
import classes from "./Overview.module.css";

/** Numbers over time as a chart, as a table, and as a file. */
export function ChartCard({ chart, starts }: { chart: Chart; starts: string[] }) {
  const [form, setForm] = useState("chart");
  const operates = useMay("operator");
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csvOf(chart, starts)], { type: "text/csv" }));
    link.download = `ringline-${chart.id}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Card
      title={chart.title}
      about={chart.about}
      actions={
        <div className={classes.forms}>
          <SegmentedControl
            size="xs"
            value={form}
            onChange={setForm}
            aria-label={`Show ${chart.title.toLowerCase()} as`}
            data={[
              { value: "chart", label: "Chart" },
              { value: "table", label: "Table" },
            ]}
          />
          {operates && (
            <Tooltip label="Save as CSV">
              <ActionIcon variant="default" size={30} onClick={save} aria-label={`Save ${chart.title.toLowerCase()} as CSV`}>
                <Download size={15} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
      }
    >
      {form === "chart" ? (
        <Plot chart={chart} />
      ) : (
        <ChartTable chart={chart} />
      )}
    </Card>
  );
}

function ChartTable({ chart }: { chart: Chart }) {
  return (
    <div className={classes.scroll} role="region" aria-label={`${chart.title}, as a table`} tabIndex={0}>
      <Table className="rl-figures" fz="xs" verticalSpacing={4} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">From</Table.Th>
            {chart.series.map(({ name }) => (
              <Table.Th key={name} scope="col" ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {chart.bars.map((bar, place) => (
            <Table.Tr key={`${bar}-${place}`}>
              <Table.Th scope="row" fw={400}>
                {bar}
              </Table.Th>
              {chart.series.map(({ name, values }) => {
                const value = values[place];
                return (
                  <Table.Td key={name} ta="right">
                    {value === null || value === undefined ? "–" : chart.show(value)}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
