import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { Spec } from "vega";
import type { Point } from "./figure";

/** Results recorded with `--json` lie here; the plots are drawn beside them. */
const FOLDER = join(__dirname, "../docs/plots");

/** A result as main.ts prints it, as far as it is drawn. */
interface Recorded {
  readonly on: readonly string[];
  readonly points: readonly Point[];
}

/** What a plot shows. `unit` is the title of its upright axis; `read` says how to read it. */
interface Said {
  readonly title: string;
  readonly unit: string;
  readonly read: string;
}
const PLOTS: Readonly<Record<string, Said>> = {
  "packets-established": {
    title: "Packets of an established flow, by guests on the host",
    unit: "packets per second",
    read: "more is better",
  },
  "packets-first": { title: "First packets of flows, by guests on the host", unit: "packets per second", read: "more is better" },
  change: { title: "A change of one rule of one guest, by guests on the host", unit: "milliseconds", read: "less is better" },
};

/** Apart for eyes that see few colours, and against white and black: Okabe and Ito's palette, without its yellow. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];
const SHAPES = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross"];

/** Draws every plot of every recorded result. Returns the files. */
export async function writePlots(folder = FOLDER): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const { on, points } = JSON.parse(readFileSync(join(folder, file), "utf8")) as Recorded;
    for (const [plot, said] of Object.entries(PLOTS)) {
      const drawn = (points ?? []).filter((point) => point.plot === plot);
      if (drawn.length === 0) continue;
      const svg = join(folder, `${basename(file, ".json")}-${plot}.svg`);
      writeFileSync(svg, await drawing(specOf(said, drawn, on)));
      files.push(relative(process.cwd(), svg));
    }
  }
  return files;
}

/** Vega's words for a plot: a line and points for each series, over a logarithmic axis of guests. */
function specOf({ title, unit, read }: Said, points: readonly Point[], on: readonly string[]): Spec {
  const counts = [...new Set(points.map(({ guests }) => guests))].sort((a, b) => a - b);
  const series = [...new Set(points.map((point) => point.series))];
  const place = { x: { scale: "guests", field: "guests" }, y: { scale: "value", field: "value" } };
  const axis = {
    labelColor: INK,
    titleColor: INK,
    domainColor: INK,
    tickColor: INK,
    labelFontSize: 12,
    titleFontSize: 12,
    titlePadding: 10,
    format: ",~r",
  };
  return {
    width: 640,
    height: 320,
    padding: 8,
    title: {
      text: title,
      subtitle: [on.join(", "), read],
      anchor: "start",
      offset: 16,
      color: INK,
      subtitleColor: INK,
      fontSize: 15,
      subtitleFontSize: 12,
    },
    data: [{ name: "points", values: points.map((point) => ({ ...point })) }],
    scales: [
      { name: "guests", type: "log", domain: [counts[0] ?? 1, counts[counts.length - 1] ?? 1], range: "width" },
      { name: "value", type: "linear", domain: { data: "points", field: "value" }, range: "height", zero: true, nice: true },
      { name: "colour", type: "ordinal", domain: series, range: COLOURS },
      { name: "shape", type: "ordinal", domain: series, range: SHAPES },
    ],
    axes: [
      { scale: "guests", orient: "bottom", title: "guests on the host", values: counts, ...axis },
      { scale: "value", orient: "left", title: unit, grid: true, gridColor: INK, gridOpacity: 0.15, tickCount: 6, ...axis },
    ],
    legends: [
      {
        stroke: "colour",
        fill: "colour",
        shape: "shape",
        orient: "bottom",
        direction: "horizontal",
        labelColor: INK,
        labelFontSize: 12,
        symbolSize: 70,
        columnPadding: 18,
      },
    ],
    marks: [
      {
        type: "group",
        from: { facet: { name: "one", data: "points", groupby: "series" } },
        marks: [
          {
            type: "line",
            from: { data: "one" },
            encode: { enter: { ...place, stroke: { scale: "colour", field: "series" }, strokeWidth: { value: 2 } } },
          },
          {
            type: "symbol",
            from: { data: "one" },
            encode: {
              enter: {
                ...place,
                fill: { scale: "colour", field: "series" },
                shape: { scale: "shape", field: "series" },
                size: { value: 50 },
              },
            },
          },
        ],
      },
    ],
  };
}

/** The colour of what is not a series: it goes by the reader's choice of light or dark. */
const INK = "currentColor";
const STYLE = "<style>svg{color:#1f2328}@media(prefers-color-scheme:dark){svg{color:#e6edf3}}</style>";

async function drawing(spec: Spec): Promise<string> {
  // Large, and all other figures do without it.
  const { parse, View } = await import("vega");
  const svg = await new View(parse(spec), { renderer: "none" }).toSVG();
  return `${svg.replace(/(<svg[^>]*>)/, `$1${STYLE}`)}\n`;
}
