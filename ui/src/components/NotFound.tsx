import { Anchor, Box, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

/** What stands at an address that leads nowhere. */
export function NotFound() {
  return (
    <Box p="xl">
      <Title order={1} size="h3">
        There is no such page
      </Title>
      <Text mt="xs">
        The address may be old. <Anchor component={Link} to="/">Go to the overview</Anchor>
      </Text>
    </Box>
  );
}
