import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type ComposeOption, type EChartsType } from "echarts/core";
import type { BarSeriesOption, LineSeriesOption } from "echarts/charts";
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { Chart } from "../chart";
import { type Palette, usePalette } from "./palette";
import classes from "./Plot.module.css";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

type Option = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption
>;

const FONT = "'Inter Variable', system-ui, sans-serif";

function option(chart: Chart, palette: Palette, still: boolean): Option {
  return {
    animation: !still,
    animationDuration: 250,
    textStyle: { fontFamily: FONT, color: palette.text },
    grid: { left: 4, right: 8, top: 12, bottom: chart.series.length > 1 ? 34 : 4, containLabel: true },
    legend: {
      show: chart.series.length > 1,
      type: "scroll",
      bottom: 0,
      left: 0,
      icon: "roundRect",
      itemWidth: 10,
      itemHeight: 10,
      itemGap: 14,
      textStyle: { color: palette.quiet, fontSize: 12 },
      pageTextStyle: { color: palette.quiet },
      pageIconColor: palette.text,
      pageIconInactiveColor: palette.line,
    },
    tooltip: {
      trigger: "axis",
      confine: true,
      axisPointer: { type: chart.form === "line" ? "line" : "shadow", shadowStyle: { color: palette.line, opacity: 0.3 } },
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.text, fontSize: 12 },
      valueFormatter: (value) => (value === null || value === undefined ? "–" : chart.show(Number(value))),
    },
    xAxis: {
      type: "category",
      data: chart.bars,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.quiet, fontSize: 11, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: chart.most,
      minInterval: chart.whole ? 1 : undefined,
      splitNumber: 4,
      interval: chart.most === 1 ? 0.25 : undefined,
      axisLabel: { color: palette.quiet, fontSize: 11, formatter: (value: number) => chart.show(value) },
      splitLine: { lineStyle: { color: palette.line, opacity: 0.7 } },
    },
    series: chart.series.map(({ name, meaning, values }) =>
      chart.form === "line"
        ? {
            type: "line" as const,
            name,
            data: values,
            connectNulls: true,
            showSymbol: values.length < 40,
            symbolSize: 6,
            lineStyle: { width: 2, color: palette.of(meaning) },
            itemStyle: { color: palette.of(meaning) },
            areaStyle: { color: palette.of(meaning), opacity: 0.08 },
          }
        : {
            type: "bar" as const,
            name,
            data: values,
            stack: "all",
            barMaxWidth: 34,
            itemStyle: { color: palette.of(meaning), borderColor: palette.surface, borderWidth: 0.5 },
          },
    ),
  };
}

/** A chart, drawn in the colours of the theme. */
export function Plot({ chart }: { chart: Chart }) {
  const palette = usePalette();
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<EChartsType | null>(null);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const made = init(element, null, { renderer: "svg" });
    drawn.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.dispose();
      drawn.current = null;
    };
  }, []);

  useEffect(() => {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    drawn.current?.setOption(option(chart, palette, still), { notMerge: true });
  }, [chart, palette]);

  return <div ref={box} className={classes.plot} role="img" aria-label={chart.spoken} />;
}
