import { Box } from "@mantine/core";
import { ErrorNotice } from "./ErrorNotice";

/** What stands in place of a page that could not be shown. */
export function PageFault({ error, reset }: { error: unknown; reset?: () => void }) {
  return (
    <Box p="xl" maw={720}>
      <ErrorNotice error={error} retry={reset} />
    </Box>
  );
}
