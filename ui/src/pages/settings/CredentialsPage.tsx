import { PageHeader } from "../../components/PageHeader";

/** Credentials. */
export function CredentialsPage() {
  return <PageHeader title="Credentials" />;
}
