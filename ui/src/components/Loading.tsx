import { Center, Loader } from "@mantine/core";

/** What is shown while a page or its first data come. */
export function Loading({ what = "Loading" }: { what?: string }) {
  return (
    <Center h="100%" mih={160} role="status" aria-label={what}>
      <Loader size="sm" type="dots" />
    </Center>
  );
}
