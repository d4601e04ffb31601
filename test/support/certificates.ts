import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCA, createCert } from "mkcert";
import type { Certificate } from "../../scripts/servers/start.ts";

/** A certificate authority of the tests' own, with what it signed. */
export interface Authority {
  /** PEM file of the authority. */
  file: string;
  /** PEM file of another authority, which signed nothing here. */
  strangerFile: string;
  /** For 127.0.0.1, and not for localhost. */
  server: Certificate;
  /** Rightly signed, for another name. */
  misnamed: Certificate;
  remove(): void;
}

export async function createAuthority(): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), "jeseci-certificates-"));
  const make = (organization: string): ReturnType<typeof createCA> => createCA({ organization, countryCode: "KE", state: "Nairobi", locality: "Nairobi", validity: 2 });
  const [own, stranger] = await Promise.all([make("jeseci tests"), make("somebody else")]);
  const [server, misnamed] = await Promise.all([["127.0.0.1"], ["elsewhere.example"]].map(async (domains): Promise<Certificate> => {
    const { cert, key } = await createCert({ ca: own, domains, validity: 2 });
    return { certificate: cert, key };
  }) as [Promise<Certificate>, Promise<Certificate>]);
  const [file, strangerFile] = [join(folder, "ca.crt"), join(folder, "stranger.crt")];
  writeFileSync(file, own.cert);
  writeFileSync(strangerFile, stranger.cert);
  return { file, strangerFile, server, misnamed, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
