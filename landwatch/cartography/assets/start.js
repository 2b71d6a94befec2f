"use strict";
/* The start page: counts, pooled table, event studies, limits. */
(() => {
  const { data, pick, word, el, svg, bdi, facts, plot } = LW;
  const part = (id) => document.getElementById(id);

  function verdicts() {
    const box = part("verdicts");
    box.replaceChildren();
    if (!data.counts) { box.append(el("p", {}, word("no_verdicts"))); return; }
    const tiles = el("ul", { class: "tiles" });
    for (const tile of data.counts) {
      const swatch = svg("svg", { width: 30, height: 30, "aria-hidden": "true" });
      swatch.append(svg("rect", { x: 1, y: 1, width: 28, height: 28, rx: 4, fill: tile.fill, stroke: "#5d6b76" }));
      swatch.append(svg("text", { x: 15, y: 20, "text-anchor": "middle", fill: tile.ink, class: "glyph" }, pick(tile.symbol)));
      tiles.append(el("li", {}, el("div", { class: "tile-top" }, swatch, el("strong", {}, String(tile.count))),
        el("span", { class: "tile-name" }, pick(tile.label)), el("p", {}, pick(tile.meaning))));
    }
    box.append(tiles, el("p", { class: "flags" }, pick(data.flags)));
  }

  function missing() {
    const box = part("missing");
    box.replaceChildren();
    if (!data.missing.length) return;
    const list = el("dl", { class: "absent" });
    for (const [page, reason] of data.missing) {
      list.append(el("div", {}, el("dt", {}, word("page_" + page)), el("dd", {}, bdi(reason))));
    }
    box.append(el("h3", {}, word("missing_title")), list);
  }

  function pooled() {
    part("pooled-part").hidden = !data.pooled.length;
    const head = el("tr", {}, ...data.pooled_columns.map((key) => el("th", { scope: "col" }, word(key))));
    const rows = data.pooled.map((cells) => el("tr", {}, ...cells.map((cell, i) =>
      i ? el("td", {}, bdi(cell)) : el("th", { scope: "row" }, bdi(cell)))));
    part("pooled").replaceChildren(el("thead", {}, head), el("tbody", {}, ...rows));
  }

  function events() {
    part("event-part").hidden = !data.events.length;
    part("plots").replaceChildren(...data.events.map((event) => {
      const name = pick(event.title);
      return el("figure", {}, el("figcaption", {}, el("strong", {}, bdi(name)), el("span", {}, bdi(event.estimator))),
        plot(event.plot, `${name}: ${word("event_plot")}`), el("p", { class: "axis" }, word("event_axis")));
    }));
  }

  function limits() {
    part("limits").replaceChildren(...data.limits.map((text) => el("li", {}, bdi(text))));
    const rows = data.absent.map(([what, reason]) => el("div", {}, el("dt", {}, bdi(what)), el("dd", {}, bdi(reason))));
    part("absent").replaceChildren(...(rows.length ? rows : [el("div", {}, el("dd", {}, word("absent_none")))]));
  }

  LW.start(
    () => { part("study").replaceChildren(bdi(data.site.title)); facts(part("facts"), data.site.facts); },
    verdicts, missing, pooled, events, limits,
  );
})();
