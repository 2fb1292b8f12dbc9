import { Autocomplete, Button, FileInput, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileSpreadsheet } from "lucide-react";
import { useState } from "react";
import { ask } from "../../api/client";
import { ErrorNotice } from "../../components/ErrorNotice";
import { withFilters } from "../../talk/list";
import type { ImportReport } from "../../talk/shapes";
import { Report } from "./Report";

/** Takes in a CSV file: first says what would happen, then does it. */
export function ImportContacts({ opened, lists, onClose }: { opened: boolean; lists: string[]; onClose: () => void }) {
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [list, setList] = useState("");
  const [country, setCountry] = useState("");
  const take = useMutation({
    mutationFn: ({ isTry }: { isTry: boolean }) =>
      ask<ImportReport>(
        withFilters("/api/v1/contacts/import", {
          list: list.trim(),
          country: country.trim(),
          dry_run: isTry ? "true" : undefined,
        }),
        { method: "POST", body: file, headers: { "Content-Type": "text/csv" } },
      ),
    onSuccess: (_, { isTry }) => {
      if (!isTry) void queries.invalidateQueries({ queryKey: ["contacts"] });
    },
  });
  const change = (set: () => void) => {
    set();
    take.reset();
  };
  const close = () => {
    onClose();
    change(() => setFile(null));
  };
  const report = take.data;
  const isDone = report !== undefined && !report.dry_run;
  return (
    <Modal opened={opened} onClose={close} title="Import contacts" size="lg" centered>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          A CSV file with a column of numbers, named phone or the like. Name, language, time zone and lists are known by
          their names; every other column becomes a field. Who is known already is changed, not doubled.
        </Text>
        <FileInput
          label="File"
          placeholder="Choose a CSV file"
          accept=".csv,text/csv"
          leftSection={<FileSpreadsheet size={16} aria-hidden />}
          clearable
          clearButtonProps={{ "aria-label": "Take another file" }}
          value={file}
          onChange={(chosen) => change(() => setFile(chosen))}
        />
        <Group grow align="start">
          <Autocomplete
            label="Put them on the list"
            placeholder="None"
            data={lists}
            value={list}
            onChange={(value) => change(() => setList(value))}
          />
          <TextInput
            label="Country"
            description="Two letters; reads numbers without a country code."
            inputWrapperOrder={["label", "input", "description", "error"]}
            placeholder="US"
            maxLength={2}
            value={country}
            onChange={(event) => {
              const { value } = event.currentTarget;
              change(() => setCountry(value.toUpperCase()));
            }}
          />
        </Group>
        {take.error && <ErrorNotice error={take.error} />}
        {report && <Report report={report} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {isDone ? "Close" : "Cancel"}
          </Button>
          {!isDone && (
            <Button
              disabled={!file || (report !== undefined && report.imported + report.updated === 0)}
              loading={take.isPending}
              onClick={() => take.mutate({ isTry: report === undefined })}
            >
              {report ? `Import ${(report.imported + report.updated).toLocaleString()}` : "See what would happen"}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
