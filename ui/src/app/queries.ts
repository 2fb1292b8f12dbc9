import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "../api/problem";

/** What the server said is kept until the live feed or a page says that it changed. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => !(error instanceof ProblemError && error.status < 500) && count < 2,
      refetchOnWindowFocus: false,
    },
  },
});
