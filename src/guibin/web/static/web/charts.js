// <gb-chart>: draws a JSON description with ECharts in the house's theme, beside its own table.
(() => {
  const probe = document.createElement("i");
  probe.hidden = true;
  document.documentElement.append(probe);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  // A token as #rrggbb, in the theme of the moment.
  const token = (name) => {
    probe.style.color = `var(--gb-${name})`;
    canvas.fillStyle = getComputedStyle(probe).color;
    return canvas.fillStyle;
  };
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tokens = () => ({
    series: [1, 2, 3, 4, 5, 6].map((n) => token(`series-${n}`)), ramp: [0, 1, 2, 3, 4, 5].map((n) => token(`ramp-${n}`)),
    ink: token("ink"), soft: token("ink-2"), muted: token("ink-3"), line: token("line"), strong: token("line-strong"),
    surface: token("surface"), font: getComputedStyle(document.body).fontFamily,
  });

  const theme = (t) => {
    const axis = {
      axisLine: { lineStyle: { color: t.strong } }, axisTick: { show: false },
      axisLabel: { color: t.muted, fontSize: 12, hideOverlap: true }, splitLine: { lineStyle: { color: t.line } },
      nameTextStyle: { color: t.muted, fontSize: 12 }, nameGap: 28,
    };
    return {
      color: t.series, backgroundColor: "transparent", textStyle: { fontFamily: t.font, color: t.soft },
      categoryAxis: { ...axis, splitLine: { show: false } }, valueAxis: { ...axis, axisLine: { show: false } },
      legend: { textStyle: { color: t.soft, fontSize: 12 }, itemWidth: 14, itemHeight: 8, icon: "roundRect" },
      tooltip: {
        renderMode: "richText", confine: true, backgroundColor: t.surface, borderColor: t.strong, borderWidth: 1, padding: [8, 12],
        textStyle: { color: t.ink, fontSize: 13, fontFamily: t.font },
      },
    };
  };

  // Ink or paper on a cell of the ramp at t (0 to 1): whichever reads better.
  const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255);
  const light = (rgb) => rgb.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const inkOn = (ramp, share, pair) => {
    const place = Math.min(share * (ramp.length - 1), ramp.length - 1.001);
    const [low, high] = [channels(ramp[Math.floor(place)]), channels(ramp[Math.floor(place) + 1])];
    const cell = light(low.map((v, i) => v + (high[i] - v) * (place % 1)));
    const contrast = (hex) => { const l = light(channels(hex)); return (Math.max(l, cell) + 0.05) / (Math.min(l, cell) + 0.05); };
    return contrast(pair[0]) >= contrast(pair[1]) ? pair[0] : pair[1];
  };

  const writer = (spec) => {
    const language = document.documentElement.lang;
    const whole = { number: {}, money: {}, percent: { style: "percent", maximumFractionDigits: spec.digits ?? 1 } }[spec.format];
    const digits = spec.digits == null || spec.format === "percent" ? {} : { minimumFractionDigits: spec.digits, maximumFractionDigits: spec.digits };
    const full = new Intl.NumberFormat(language, { ...whole, ...digits });
    const short = new Intl.NumberFormat(language, { ...whole, notation: spec.format === "percent" ? "standard" : "compact", maximumFractionDigits: 1, useGrouping: true });
    const round = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    const sign = spec.format === "money" ? "¥" : "";
    return {
      full: (value) => (value == null ? "–" : `${value < 0 ? "−" : ""}${sign}${full.format(Math.abs(value))}`),
      // Short only where it saves something: 1,200 stays as it is, beside 900.
      short: (value) => `${value < 0 ? "−" : ""}${(spec.format !== "percent" && Math.abs(value) < 10000 ? round : short).format(Math.abs(value))}`,
    };
  };

  const withUnit = (spec, write, value) => `${write.full(value)}${spec.unit && spec.format === "number" ? ` ${spec.unit}` : ""}`;
  const hint = (spec, url) => (url ? `\n${spec.words.open}` : "");

  const lineStyles = (t, role, index) => ({
    now: { color: t.series[0], width: 2.5, type: "solid" },
    before: { color: t.series[1], width: 1.5, type: "solid" },
    target: { color: t.soft, width: 1.2, type: [4, 4] },
    other: { color: t.series[index % 6], width: 1.8, type: "solid" },
  }[role]);

  // One line round the chosen cells of a map, or round each where they do not make a rectangle.
  const outline = (t, map, cells) => {
    const [xs, ys] = [cells.map((c) => c.x), cells.map((c) => c.y)];
    const whole = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    const full = cells.length === (whole[2] - whole[0] + 1) * (whole[3] - whole[1] + 1);
    return {
      type: "custom", xAxisIndex: map, yAxisIndex: map, silent: true, animation: false, z: 5, tooltip: { show: false },
      data: full ? [whole] : cells.map((c) => [c.x, c.y, c.x, c.y]),
      renderItem: (_, api) => {
        const [wide, tall] = api.size([1, 1]);
        const [left, bottom] = api.coord([api.value(0), api.value(1)]), [right, top] = api.coord([api.value(2), api.value(3)]);
        const shape = { x: left - wide / 2, y: top - tall / 2, width: right - left + wide, height: bottom - top + tall, r: 4 };
        return { type: "rect", shape, style: { fill: "none", stroke: t.series[4], lineWidth: 2 } };
      },
    };
  };

  const builders = {
    line(spec, t, write) {
      const names = spec.series.map((s) => s.name);
      const width = Math.min(Math.max(...names.map((name) => [...name].reduce((n, c) => n + (c > "\u2e80" ? 12 : 7), 0))) + 14, 150);
      return {
        grid: { left: 8, right: names.length > 1 ? width : 16, top: 18, bottom: spec.axis ? 26 : 8, containLabel: true },
        xAxis: { type: "category", data: spec.categories, boundaryGap: false, name: spec.axis, nameLocation: "middle", axisLabel: { alignMaxLabel: names.length > 1 ? null : "right" } },
        yAxis: { type: "value", axisLabel: { formatter: write.short }, splitNumber: 4 },
        tooltip: { trigger: "axis", formatter: (points) => [points[0].axisValueLabel, ...points.map((p) => `${p.seriesName}  ${withUnit(spec, write, p.value)}`)].join("\n") + hint(spec, spec.links[points[0].dataIndex]) },
        series: spec.series.map((s, i) => {
          const style = lineStyles(t, s.role, i);
          return {
            type: "line", name: s.name, data: s.values, lineStyle: style, itemStyle: { color: style.color }, showSymbol: s.values.length === 1, symbolSize: 7,
            triggerLineEvent: true, z: s.role === "now" ? 4 : 2, endLabel: { show: names.length > 1, formatter: "{a}", color: t.soft, fontSize: 12, backgroundColor: t.surface, padding: [1, 3] }, labelLayout: { moveOverlap: "shiftY" },
            ...(spec.area && s.role === "now" ? { areaStyle: { color: t.series[0], opacity: 0.08 } } : {}),
          };
        }),
      };
    },

    bar(spec, t, write, box) {
      const several = spec.series.length > 1;
      // Every bar says what it is where there is room: a range too wide for its place goes on two lines.
      const slot = (box.clientWidth - 48) / spec.categories.length - 8;
      const width = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 7), 0);
      const widest = (pattern) => Math.max(0, ...spec.categories.flatMap((name) => name.split(pattern)).map(width));
      const narrow = widest(/$^/) > slot, all = widest(/(?<=[–\s])/) <= slot;
      const names = { interval: all ? 0 : "auto", hideOverlap: !all, formatter: (name) => (narrow && all ? name.replace(/(–|\s)/, "$1\n") : name) };
      const category = {
        type: "category", data: spec.categories, name: spec.horizontal ? "" : spec.axis, nameLocation: "middle", inverse: spec.horizontal,
        nameGap: narrow && all ? 42 : 28, ...(spec.horizontal ? {} : { axisLabel: names }),
      };
      const value = { type: "value", axisLabel: { formatter: write.short }, splitNumber: 4 };
      return {
        grid: { left: 8, right: spec.horizontal ? 56 : 12, top: several ? 34 : 18, bottom: spec.axis && !spec.horizontal ? 26 : 8, containLabel: true },
        legend: several ? { top: 0, right: 8 } : undefined,
        xAxis: spec.horizontal ? value : category, yAxis: spec.horizontal ? category : value,
        tooltip: { trigger: "item", formatter: (p) => `${p.name}\n${several ? `${p.seriesName}  ` : ""}${withUnit(spec, write, p.value)}${hint(spec, spec.links[p.dataIndex])}` },
        series: spec.series.map((s, i) => ({
          type: "bar", name: s.name, data: s.values, barMaxWidth: 26, stack: spec.stacked ? "all" : undefined, cursor: spec.links.length ? "pointer" : "default",
          itemStyle: { color: lineStyles(t, s.role, i).color, borderRadius: spec.stacked ? 0 : spec.horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0] },
          label: { show: spec.horizontal && !spec.stacked, position: "right", color: t.soft, fontSize: 12, formatter: (p) => write.full(p.value) },
        })),
      };
    },

    heatmap(spec, t, write, box) {
      const facets = spec.facets.length ? spec.facets : [""];
      const across = box.clientWidth < 620 ? Math.min(2, facets.length) : facets.length;
      const down = Math.ceil(facets.length / across);
      if (down > 1) box.style.height = `${down * (spec.rows.length * 30 + 44) + 50}px`;
      else box.style.removeProperty("height");
      const most = Math.max(...spec.cells.map((c) => c.value ?? 0), 1);
      // In shares of the box: 34 px for the row names, 24 above each map, 30 below it, 34 for the scale at the foot.
      const part = (pixels) => (100 * pixels) / box.clientHeight;
      const left = (100 * 34) / box.clientWidth, gap = 2.2, wide = (100 - left) / across;
      const tall = (100 - part(34)) / down;
      const place = (i) => ({ left: `${left + (i % across) * wide}%`, width: `${wide - gap}%`, top: `${Math.floor(i / across) * tall + part(24)}%`, height: `${tall - part(54)}%` });
      const axis = (extra) => ({ type: "category", axisLine: { show: false }, splitArea: { show: false }, ...extra });
      return {
        grid: facets.map((_, i) => place(i)),
        title: spec.facets.map((name, i) => ({ text: name, left: place(i).left, top: `${Math.floor(i / across) * tall + part(2)}%`, textStyle: { fontSize: 12, fontWeight: 600, color: t.ink, fontFamily: t.font }, padding: 0 })),
        xAxis: facets.map((_, i) => axis({ gridIndex: i, data: spec.categories })),
        yAxis: facets.map((_, i) => axis({ gridIndex: i, data: spec.rows, axisLabel: { show: i % across === 0, color: t.muted } })),
        visualMap: { type: "continuous", seriesIndex: facets.map((_, i) => i), min: 0, max: most, calculable: false, orient: "horizontal", right: 4, bottom: 0, itemWidth: 8, itemHeight: 96, text: [withUnit(spec, write, most), "0"], textStyle: { color: t.muted, fontSize: 12 }, inRange: { color: t.ramp } },
        tooltip: { formatter: (p) => `${spec.facets[p.data.cell.facet] ?? ""} ${spec.rows[p.value[1]]} ${spec.categories[p.value[0]]}\n${withUnit(spec, write, p.value[2])}${hint(spec, p.data.url)}`.trim() },
        series: [...facets.map((_, i) => ({
          type: "heatmap", xAxisIndex: i, yAxisIndex: i, cursor: "pointer", emphasis: { itemStyle: { borderColor: t.ink, borderWidth: 1.5 } },
          data: spec.cells.filter((c) => c.facet === i).map((cell) => ({
            value: [cell.x, cell.y, cell.value], url: cell.url, cell,
            itemStyle: { borderColor: t.surface, borderWidth: 2, borderRadius: 3 },
            label: { show: true, fontSize: 12, color: inkOn(t.ramp, (cell.value ?? 0) / most, [t.ink, t.surface]) },
          })),
          label: { formatter: (p) => write.short(p.value[2]) },
        })), ...facets.map((_, i) => outline(t, i, spec.cells.filter((c) => c.facet === i && c.outlined)))],
      };
    },

    sankey(spec, t, write, box) {
      const side = box.clientWidth < 480 ? 84 : 120;
      const tints = { better: t.series[0], worse: t.series[4], same: t.series[1] };
      const sums = (side) => spec.flows.reduce((map, f) => map.set(f[side], (map.get(f[side]) ?? 0) + f.value), new Map());
      const [from, to] = [sums("source"), sums("target")];
      const node = (side, position) => ([name, value]) => ({ name: `${side}:${name}`, value, label: { position, formatter: `${name}\n{n|${write.full(value)}}` } });
      return {
        tooltip: { formatter: (p) => (p.dataType === "edge" ? `${p.data.from} → ${p.data.to}\n${withUnit(spec, write, p.value)}${hint(spec, p.data.url)}` : `${p.name.slice(2)}\n${withUnit(spec, write, p.value)}`) },
        series: [{
          type: "sankey", left: side, right: side, top: 8, bottom: 12, nodeWidth: 8, nodeGap: 28, draggable: false, layoutIterations: 0, emphasis: { focus: "none" },
          itemStyle: { color: t.series[1], borderWidth: 0, borderRadius: 2 },
          label: { color: t.ink, fontSize: 13, lineHeight: 17, rich: { n: { color: t.muted, fontSize: 12 } } },
          data: [...[...from].map(node("a", "left")), ...[...to].map(node("b", "right"))],
          links: spec.flows.map((f) => ({ source: `a:${f.source}`, target: `b:${f.target}`, value: f.value, url: f.url, from: f.source, to: f.target, lineStyle: { color: tints[f.role], opacity: f.role === "same" ? 0.18 : 0.5, curveness: 0.5 } })),
        }],
      };
    },

    curve(spec, t, write) {
      const percent = { min: 0, max: 1, axisLabel: { formatter: (v) => `${Math.round(v * 100)}%` }, interval: 0.2 };
      return {
        grid: { left: 8, right: 18, top: 14, bottom: spec.axis ? 28 : 8, containLabel: true },
        xAxis: { type: "value", ...percent, name: spec.axis, nameLocation: "middle", splitLine: { show: false } },
        yAxis: { type: "value", ...percent },
        tooltip: { trigger: "axis", formatter: (points) => { const p = points.find((q) => q.seriesIndex === 0); return p ? `${spec.axis} ${write.full(p.value[0])}\n${spec.vertical} ${write.full(p.value[1])}` : ""; } },
        series: [
          {
            type: "line", data: spec.points, showSymbol: false, smooth: 0.15, lineStyle: { color: t.series[0], width: 2.5 }, itemStyle: { color: t.series[0] }, areaStyle: { color: t.series[0], opacity: 0.08 }, z: 3,
            markPoint: { symbol: "circle", symbolSize: 9, itemStyle: { color: t.series[0], borderColor: t.surface, borderWidth: 2 }, label: { position: "right", distance: 10, color: t.ink, fontSize: 13, fontWeight: 600 }, data: spec.marks.map((m) => ({ coord: [m.x, m.y], label: { formatter: m.label } })) },
          },
          { type: "line", data: [[0, 0], [1, 1]], showSymbol: false, silent: true, tooltip: { show: false }, lineStyle: { color: t.soft, width: 1, type: [4, 4] } },
        ],
      };
    },
  };

  let library = null;
  const load = (address) => {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => resolve(window.echarts);
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  };

  class Chart extends HTMLElement {
    connectedCallback() {
      const [spec, file] = [...this.querySelectorAll("script[type='application/json']")].map((node) => JSON.parse(node.textContent));
      this.spec = spec;
      this.box = this.querySelector("[data-part=chart]");
      this.querySelector("input[name=chart]").value = JSON.stringify(file);
      this.addEventListener("click", (event) => this.click(event));
      this.themes = new MutationObserver(() => this.draw());
      this.themes.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
      this.sizes = new ResizeObserver(() => this.resized());
      this.sizes.observe(this.box);
      // Those in view first, then each of the others as soon as the page has a moment: print and pictures show all.
      const early = this.getBoundingClientRect().top < innerHeight;
      if (early || !window.requestIdleCallback) this.start();
      else requestIdleCallback(() => this.start(), { timeout: 400 });
    }

    disconnectedCallback() {
      this.themes.disconnect();
      this.sizes.disconnect();
      this.chart?.dispose();
    }

    async start() {
      await load(this.dataset.library);
      this.draw();
    }

    // Moves once, when first seen; a new theme or size is just there. One without a size yet waits for it.
    draw() {
      if (!window.echarts || !this.isConnected || this.box.hidden || !this.box.clientWidth) return;
      const t = tokens();
      this.chart?.dispose();
      this.chart = window.echarts.init(this.box, theme(t), { renderer: "canvas" });
      const option = builders[this.spec.kind](this.spec, t, writer(this.spec), this.box);
      this.chart.setOption({ animation: !calm() && !this.dataset.drawn, animationDuration: 220, aria: { enabled: true, label: { description: this.spec.title } }, ...option });
      this.chart.on("click", (point) => {
        const url = point.data?.url ?? this.spec.links[point.dataIndex];
        if (url) location.assign(url);
      });
      this.dataset.drawn = "1";
    }

    resized() {
      const width = this.box.clientWidth;
      if (!this.chart || (this.spec.kind === "heatmap" && width !== this.width)) this.draw();
      else this.chart?.resize();
      this.width = width;
    }

    click(event) {
      const view = event.target.closest("[data-view]");
      if (view) this.view(view.dataset.view);
      if (event.target.closest("[data-png]")) this.picture();
    }

    view(name) {
      for (const part of this.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== name;
      for (const button of this.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === name));
      if (name === "chart") this.draw();
    }

    picture() {
      if (!this.chart) return;
      const link = document.createElement("a");
      link.href = this.chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: token("surface") });
      link.download = `${this.spec.title.slice(0, 60)}.png`;
      link.click();
    }
  }
  customElements.define("gb-chart", Chart);
})();
