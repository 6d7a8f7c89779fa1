export interface FactsForm {
  legal_name: string;
  birth_date: string;
  line1: string;
  line2: string;
  city: string;
  region: string;
  postal_code: string;
  country: string;
  tax_id_last4: string;
}

export const noFacts: FactsForm = {
  legal_name: "",
  birth_date: "",
  line1: "",
  line2: "",
  city: "",
  region: "",
  postal_code: "",
  country: "US",
  tax_id_last4: "",
};

/** The last day on which somebody of 18 was born: "2008-11-20". Pure. */
export function ofAge(today: Date): string {
  const day = new Date(Date.UTC(today.getFullYear() - 18, today.getMonth(), today.getDate()));
  return day.toISOString().slice(0, 10);
}

/** The facts as the API takes them. Pure. */
export function factsBody({ legal_name, birth_date, tax_id_last4, ...address }: FactsForm) {
  return { legal_name, birth_date, tax_id_last4, address };
}
