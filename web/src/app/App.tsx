import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Toaster } from "sonner";
import { queries } from "./queries";
import { router } from "./router";

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toaster
        position="top-center"
        toastOptions={{
          classNames: {
            toast: "!bg-card !text-text !border-line !rounded-card !font-sans !text-sm",
            actionButton:
              "!h-11 !px-4 !rounded-full !bg-tint !text-primary !text-sm !font-semibold",
            description: "!text-muted",
          },
        }}
      />
    </QueryClientProvider>
  );
}
