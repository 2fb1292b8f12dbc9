import { PageHeader } from "../../components/PageHeader";

/** Links. */
export function LinksPage() {
  return <PageHeader title="Links" />;
}
