import { PageHeader } from "../../components/PageHeader";

/** Call. */
export function CallPage() {
  return <PageHeader title="Call" />;
}
