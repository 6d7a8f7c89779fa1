import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "@/lib/problem";
import { type Verification, verificationQuery } from "./get-verification";

/** Sends a file. `fetch` cannot say how far it is, and a large one takes its time. */
function send(file: File, onProgress: (share: number) => void): Promise<Verification> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", "/v1/me/verification/documents");
    call.setRequestHeader("content-type", file.type);
    call.responseType = "json";
    call.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    call.onload = () => {
      if (call.status < 300) resolve(call.response as Verification);
      else reject(new Problem({ ...(call.response as object | null) }, call.status));
    };
    call.onerror = () => reject(Problem.noAnswer());
    call.send(file);
  });
}

/** Sends a document, and says how far it is: 0 to 1. */
export function useAddDocument() {
  const queries = useQueryClient();
  const [share, setShare] = useState(0);
  const sending = useMutation({
    mutationFn: (file: File) => {
      setShare(0);
      return send(file, setShare);
    },
    onSuccess: (answer) => queries.setQueryData(verificationQuery.queryKey, answer),
  });
  return { sending, share };
}
