import type { Metadata } from "next";
import { SignIn } from "../../features/viewer/SignIn.tsx";

export const metadata: Metadata = { title: "Sign in" };

interface SignInPageProps {
  readonly searchParams: Promise<{ error?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { error } = await searchParams;
  return <SignIn errorCode={typeof error === "string" ? error : undefined} />;
}
