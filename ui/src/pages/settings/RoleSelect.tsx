import { Select } from "@mantine/core";
import type { Role } from "../../app/me";
import { ROLE_CHOICES, ROLE_WORDS } from "./roles";

/** Chooses a role, and says what it may. */
export function RoleSelect({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  return (
    <Select
      label="Role"
      description={`The ${value} ${ROLE_WORDS[value]}.`}
      data={ROLE_CHOICES}
      value={value}
      allowDeselect={false}
      onChange={(chosen) => chosen && onChange(chosen as Role)}
    />
  );
}
