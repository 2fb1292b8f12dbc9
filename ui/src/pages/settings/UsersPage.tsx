import { PageHeader } from "../../components/PageHeader";

/** Users. */
export function UsersPage() {
  return <PageHeader title="Users" />;
}
