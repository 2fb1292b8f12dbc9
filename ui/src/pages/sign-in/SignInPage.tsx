import { PageHeader } from "../../components/PageHeader";

/** Sign In. */
export function SignInPage() {
  return <PageHeader title="Sign In" />;
}
