import { findingKinds, type CheckReport } from "./types.ts";

/** A metric: its name, what it says, and its samples by labels. */
type Metric = readonly [name: string, help: string, samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[]];

/** A report in the text format of Prometheus, as its textfile collector reads it. Source: prometheus.io, exposition formats. */
export function prometheusText(report: CheckReport): string {
  const { mode } = report;
  const byEntity = (value: (entity: CheckReport["entities"][number]) => number | null): Metric[2] => report.entities.flatMap((entity) => (value(entity) === null ? [] : [[{ entity: entity.entity }, value(entity) ?? 0]] as const));
  const differences = report.entities.flatMap((entity) => findingKinds.flatMap((kind) => (entity[kind] === null ? [] : [[{ entity: entity.entity, kind }, entity[kind]]] as const)));
  const metrics: Metric[] = [
    ["jeseci_in_sync", "1 if PostgreSQL and the graph agree, 0 if they differ.", [[{ mode }, report.in_sync ? 1 : 0]]],
    ["jeseci_check_timestamp_seconds", "When the last check ended, in seconds since 1970.", [[{ mode }, Date.parse(report.finished_at) / 1_000]]],
    ["jeseci_check_duration_seconds", "How long the last check took.", [[{ mode }, (Date.parse(report.finished_at) - Date.parse(report.started_at)) / 1_000]]],
    ["jeseci_sql_rows", "Rows in PostgreSQL.", byEntity((entity) => entity.sql_rows)],
    ["jeseci_graph_rows", "Nodes or relationships in the graph.", byEntity((entity) => entity.graph_rows)],
    ["jeseci_in_flight", "Keys whose change was on its way to the graph.", byEntity((entity) => entity.in_flight)],
    ["jeseci_differences", "Keys that differ, by kind.", differences],
    ["jeseci_warnings", "Warnings of the last check, by code.", report.warnings.filter(({ level }) => level === "warning").map(({ code }) => [{ code }, 1] as const)],
  ];
  return metrics
    .filter(([, , samples]) => samples.length > 0)
    .map(([name, help, samples]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${samples.map(([labels, value]) => `${name}{${Object.entries(labels).map(([label, text]) => `${label}="${text}"`).join(",")}} ${value}\n`).join("")}`)
    .join("");
}
