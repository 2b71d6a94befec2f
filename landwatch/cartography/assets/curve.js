"use strict";
/* The page of specifications: one curve an outcome above its matrix of choices, and the tests. */
(() => {
  const { data, pick, word, el, svg, bdi } = LW;
  const part = (id) => document.getElementById(id);

  function frame(shape, box) {
    const right = shape.width - 10;
    for (const [y, label] of shape.y_ticks) {
      box.append(svg("line", { x1: 168, x2: right, y1: y, y2: y, class: "grid" }));
      box.append(svg("text", { x: 162, y: y + 4, "text-anchor": "end" }, label));
    }
    box.append(svg("line", { x1: 168, x2: right, y1: shape.zero, y2: shape.zero, class: "zero" }));
  }

  function matrix(shape, box) {
    for (const row of shape.rows) {
      const head = row.x === null;
      box.append(svg("text", { x: head ? 4 : 12, y: row.y + 4, class: head ? "family" : "choice" }, pick(row.name)));
      if (head) continue;
      box.append(svg("line", { x1: 168, x2: shape.width - 10, y1: row.y, y2: row.y, class: "grid" }));
      for (const x of row.x) box.append(svg("circle", { cx: x, cy: row.y, r: 2.6, class: "made" }));
    }
  }

  function curve(shape, title) {
    const box = svg("svg", { viewBox: `0 0 ${shape.width} ${shape.height}`, width: shape.width, height: shape.height, role: "img", class: "curve" });
    box.append(svg("title", {}, title));
    frame(shape, box);
    shape.x.forEach((x, i) => {
      const tone = shape.is_seen[i] ? "seen" : "unseen";
      box.append(svg("line", { x1: x, x2: x, y1: shape.low[i], y2: shape.high[i], class: tone }));
      if (i === shape.base) {
        box.append(svg("path", { d: `M${x} ${shape.y[i] - 6}l5 6-5 6-5-6z`, class: "own" }));
      } else box.append(svg("circle", { cx: x, cy: shape.y[i], r: 2.6, class: tone }));
    });
    matrix(shape, box);
    return box;
  }

  function curves() {
    part("curves").replaceChildren(...data.curves.map((one) => {
      const name = pick(one.title), title = `${name}: ${word("curve_plot")}`;
      const scroll = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, curve(one.plot, title));
      return el("figure", { class: "wide" }, el("figcaption", {}, el("strong", {}, bdi(name))), el("p", {}, bdi(one.sentence)), scroll);
    }));
  }

  function threats() {
    part("threat-part").hidden = !data.threats.length;
    part("threats").replaceChildren(...data.threats.map((one) => {
      const head = el("tr", {}, ...["threat_column", "threat_result"].map((key) => el("th", { scope: "col" }, word(key))));
      const rows = one.rows.map(([name, seen]) => el("tr", {}, el("th", { scope: "row" }, bdi(name)),
        el("td", { class: seen ? "problem" : "" }, word(seen ? "threat_seen" : "threat_unseen"))));
      return el("figure", {}, el("figcaption", {}, el("strong", {}, bdi(one.title))), el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
    }));
  }

  function conclusions() {
    part("conclusion-part").hidden = !data.conclusions.length;
    part("conclusions").replaceChildren(...data.conclusions.map((one) => {
      const sides = one.sides.map(([side, told]) => [
        el("p", { class: "side" }, word(`side_${side}`)),
        el("ul", { class: "prose" }, ...told.map((text) => el("li", {}, bdi(text)))),
      ]);
      return el("figure", { class: "wide" }, el("figcaption", {}, el("strong", {}, bdi(one.title))), ...sides.flat());
    }));
  }

  LW.start(() => part("study").replaceChildren(bdi(data.site.title)), conclusions, curves, threats);
})();
