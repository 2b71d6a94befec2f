"use strict";
/* A map page: towns, legend, panel, table. Every choice of colour, sign and wording is in the data. */
(() => {
  const { data, state, remember, pick, word, el, svg, bdi, facts, plot } = LW;
  const map = window[data.map];
  const part = (id) => document.getElementById(id);
  const narrow = window.matchMedia("(max-width: 899px)");
  const shapes = new Map();
  const marks = L.layerGroup().addTo(map);
  let layer = data.layers.find((item) => item.key === state.get("outcome")) || data.layers[0];
  let chosen = null;
  let opener = null;

  function unpack(ring) {
    const points = [];
    let at = 0, x = 0, y = 0;
    const step = () => {
      let value = 0, shift = 0, bits;
      do { bits = ring.charCodeAt(at++) - 63; value |= (bits & 31) << shift; shift += 5; } while (bits >= 32);
      return value & 1 ? ~(value >> 1) : value >> 1;
    };
    while (at < ring.length) { x += step(); y += step(); points.push([y * data.grid, x * data.grid]); }
    return points;
  }

  const both = (value) => (typeof value === "string" ? value : [0, 1].map((which) => pick(value, which)).join(" "));
  const name = (town) => pick(town.name);
  const has = (town) => Object.hasOwn(layer.zones, town.id);
  const flat = (text) => text.normalize("NFKC").replaceAll("\u53f0", "臺").toLowerCase();

  function style(town) {
    const zone = has(town) ? layer.zones[town.id] : null;
    const sign = data.signs[zone ? zone.sign : "control"];
    const look = {
      fillColor: zone ? zone.fill : data.land, fillOpacity: 1,
      color: sign.color, weight: sign.weight, dashArray: sign.dashArray, opacity: 1,
    };
    if (town.id === chosen) Object.assign(look, { color: "#0b2942", weight: 3.2, dashArray: "" });
    return look;
  }

  function label(town) {
    const zone = has(town) ? layer.zones[town.id] : null;
    const box = el("div", { class: "hover" }, el("strong", {}, bdi(name(town))));
    box.append(el("span", {}, zone ? bdi(zone.cells[0]) : word("sign_control")));
    return box;
  }

  function build() {
    const order = [...data.towns].sort((a, b) => Number(has(a)) - Number(has(b)));
    for (const town of order) {
      const shape = L.polygon(town.rings.map((polygon) => polygon.map(unpack)), style(town));
      shape.bindTooltip(() => label(town), { sticky: true, direction: "top", opacity: 1 });
      if (has(town)) shape.on("click", () => open(town, null));
      shape.on("mouseover", () => { if (has(town) && town.id !== chosen) shape.setStyle({ weight: 2.6 }); });
      shape.on("mouseout", () => shape.setStyle(style(town)));
      shape.addTo(map);
      shapes.set(town.id, shape);
    }
  }

  function paint() {
    for (const town of data.towns) shapes.get(town.id).setStyle(style(town));
    if (chosen) shapes.get(chosen).bringToFront();
    symbols();
  }

  /* A symbol stands on a zone once the zone is large enough on the screen to carry it. */
  function symbols() {
    marks.clearLayers();
    for (const town of data.towns) {
      const zone = has(town) ? layer.zones[town.id] : null;
      if (!zone || !zone.symbol) continue;
      const box = shapes.get(town.id).getBounds();
      const low = map.latLngToLayerPoint(box.getSouthWest()), high = map.latLngToLayerPoint(box.getNorthEast());
      if (Math.min(high.x - low.x, low.y - high.y) < 20) continue;
      const glyph = el("span", { class: "mark" }, pick(zone.symbol));
      L.marker([town.centre[1], town.centre[0]], {
        icon: L.divIcon({ html: glyph, className: "mark-box", iconSize: [22, 22] }), interactive: false, keyboard: false,
      }).addTo(marks);
    }
  }

  function swatch(entry) {
    const sign = data.signs[entry.sign];
    const box = svg("svg", { width: 30, height: 20, "aria-hidden": "true" });
    box.append(svg("rect", {
      x: 2, y: 2, width: 26, height: 16, fill: entry.fill,
      stroke: sign.color, "stroke-width": sign.weight, "stroke-dasharray": sign.dashArray || "none",
    }));
    if (entry.symbol) box.append(svg("text", { x: 15, y: 15, "text-anchor": "middle", class: "mark-key" }, pick(entry.symbol)));
    return box;
  }

  const zones = () => Object.values(layer.zones);
  const counted = {
    scale: (entry) => zones().filter((zone) => zone.sign === entry.sign).length,
    labels: (entry) => zones().filter((zone) => zone.cells[0] === entry.label).length,
  };

  function item(entry) {
    const count = entry.sign === "control" ? data.towns.filter((town) => !has(town)).length : counted[layer.legend.kind](entry);
    return el("li", {}, swatch(entry), el("span", {}, pick(entry.label)), el("span", { class: "count" }, String(count)));
  }

  function scale(box, legend) {
    box.append(el("h2", {}, pick(legend.title)));
    const width = 280, step = width / legend.colours.length;
    const bar = svg("svg", { viewBox: `0 0 ${width} 34`, class: "scale", role: "img" });
    bar.append(svg("title", {}, `${word("legend_lower")} – ${word("legend_higher")}: ${legend.labels.join(", ")} · ${pick(legend.title)}`));
    legend.colours.forEach((colour, i) => bar.append(svg("rect", { x: i * step, y: 0, width: step, height: 14, fill: colour, stroke: "#7d8891", "stroke-width": 0.6 })));
    legend.labels.forEach((text, i) => bar.append(svg("text", { x: (i + 1) * step, y: 29, "text-anchor": "middle" }, text)));
    box.append(bar, el("div", { class: "ends" }, el("span", {}, "← " + word("legend_lower")), el("span", {}, word("legend_higher") + " →")));
    box.append(el("ul", {}, ...legend.items.map(item)));
    box.append(el("p", { class: "small" }, (legend.items.some((entry) => entry.sign === "insufficient") ? word("legend_reason") + " " : "") + pick(legend.note)));
  }

  function classes(box, legend) {
    box.append(el("h2", {}, word("page_verdict")));
    box.append(el("ul", {}, ...legend.items.map(item)));
    const depth = el("div", { class: "strengths" });
    for (const entry of legend.strengths) depth.append(el("span", {}, swatch(entry), pick(entry.label)));
    box.append(depth, el("p", { class: "small" }, pick(legend.note)));
  }

  function legend() {
    const box = part("legend");
    box.replaceChildren();
    if (layer.legend.kind === "scale") scale(box, layer.legend); else classes(box, layer.legend);
  }

  function chooser() {
    const box = part("chooser");
    box.hidden = data.layers.length < 2;
    box.setAttribute("aria-label", word("choose"));
    box.replaceChildren(...data.layers.map((item) => {
      const button = el("button", { type: "button", "aria-pressed": String(item === layer) }, pick(item.title));
      button.addEventListener("click", () => { layer = item; remember("outcome", item.key); refresh(); });
      return button;
    }));
  }

  function evidence(box, lines) {
    if (!lines || !lines.length) return;
    box.append(el("h3", {}, word("evidence")));
    box.append(el("table", { class: "evidence" }, el("tbody", {}, ...lines.map(([what, change, range, read]) =>
      el("tr", {}, el("th", { scope: "row" }, bdi(what)), el("td", {}, el("strong", {}, pick(change)), " ", el("span", {}, pick(range)), el("em", {}, pick(read))))))));
  }

  function fillPanel(town) {
    const zone = layer.zones[town.id];
    const box = part("panel");
    const shut = el("button", { type: "button", class: "shut", "aria-label": word("close") }, "×");
    shut.addEventListener("click", close);
    const rows = el("dl", { class: "facts" });
    const own = zone.rows || layer.columns.map((key, i) => [key, zone.cells[i]]);
    const notes = zone.notes || [layer.legend.note];
    facts(rows, [...own, ...town.rows]);
    box.replaceChildren(shut, el("h2", { id: "panel-name", tabindex: "-1" }, bdi(name(town))),
      el("p", { class: "what" }, pick(layer.title)), ...notes.map((note) => el("p", { class: "note" }, bdi(note))), rows);
    evidence(box, zone.evidence);
    for (const series of zone.series || []) {
      box.append(el("h3", {}, word("series") + " · " + pick(series.title)), plot(series.plot, `${name(town)} ${pick(series.title)}`));
    }
  }

  function open(town, from) {
    chosen = town.id; opener = from;
    fillPanel(town);
    const box = part("panel");
    box.hidden = false; box.scrollTop = 0;
    remember("zone", town.id);
    paint();
    if (from) { document.querySelector(".stage").scrollIntoView({ block: "start" }); part("panel-name").focus(); }
    const bounds = shapes.get(town.id).getBounds();
    if (!map.getBounds().contains(bounds)) map.panTo(bounds.getCenter(), { animate: false });
    keepVisible(bounds);
  }

  /* The panel covers the right side, on a phone the lower half: keep the zone where it is seen. */
  function keepVisible(bounds) {
    const frame = map.getContainer().getBoundingClientRect();
    const cover = part("panel").getBoundingClientRect();
    const spot = map.latLngToContainerPoint(bounds.getCenter());
    const top = cover.top - frame.top, left = cover.left - frame.left;
    if (narrow.matches) {
      if (top < frame.height && spot.y > top - 24) map.panBy([0, spot.y - Math.max(60, top / 2)], { animate: false });
    } else if (spot.x > left - 40) map.panBy([spot.x - left + 160, 0], { animate: false });
  }

  function close() {
    const was = chosen;
    chosen = null;
    part("panel").hidden = true;
    remember("zone", "");
    if (was) shapes.get(was).setStyle(style(data.towns.find((town) => town.id === was)));
    if (opener && document.contains(opener)) opener.focus();
    opener = null;
  }

  function table() {
    const head = el("tr", {}, el("th", { scope: "col" }, word("row_zone")),
      ...layer.columns.map((key) => el("th", { scope: "col" }, word(key))));
    const rows = data.towns.filter((town) => has(town)).map((town) => {
      const zone = layer.zones[town.id];
      const button = el("button", { type: "button", class: "zone-link" }, bdi(name(town)));
      button.addEventListener("click", () => open(town, button));
      const row = el("tr", { class: "sign-" + zone.sign }, el("th", { scope: "row" }, button),
        ...zone.cells.map((cell, i) => el("td", { class: layer.columns[i] }, bdi(cell))));
      row.dataset.search = flat(both(town.name));
      return row;
    });
    const title = el("caption", { id: "table-name" }, pick(layer.title));
    part("zones").replaceChildren(title, el("thead", {}, head), el("tbody", {}, ...rows));
    sift();
  }

  function sift() {
    const wanted = flat(part("filter").value.trim());
    let shown = 0;
    for (const row of part("zones").querySelectorAll("tbody tr")) {
      row.hidden = !row.dataset.search.includes(wanted);
      if (!row.hidden) shown += 1;
    }
    part("no-match").hidden = shown > 0;
  }

  function controls() {
    for (const [selector, key] of [[".leaflet-control-zoom-in", "zoom_in"], [".leaflet-control-zoom-out", "zoom_out"]]) {
      const node = document.querySelector(selector);
      node.title = word(key); node.setAttribute("aria-label", word(key));
    }
  }

  function refresh() {
    part("study").replaceChildren(bdi(data.site.title));
    chooser(); legend(); table(); paint(); controls();
    if (chosen) fillPanel(data.towns.find((town) => town.id === chosen));
  }

  function frame() {
    map.invalidateSize({ animate: false });
    const [west, south, east, north] = data.view;
    const [left, right, edge] = narrow.matches ? [8, 8, 8] : innerWidth < 1300 ? [300, 70, 28] : [350, 440, 28];
    map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [left, edge], paddingBottomRight: [right, edge], animate: false });
  }

  L.control.zoom({ position: narrow.matches ? "topleft" : "topright" }).addTo(map);
  L.control.scale({ position: "bottomright", imperial: false, maxWidth: 120 }).addTo(map);
  frame();
  build();
  map.on("zoomend", symbols);
  map.on("focus click", () => map.scrollWheelZoom.enable());
  map.on("blur mouseout", () => map.scrollWheelZoom.disable());
  part("filter").addEventListener("input", sift);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen) close(); });
  LW.start(refresh);
  const wanted = data.towns.find((town) => town.id === state.get("zone") && has(town));
  if (wanted) open(wanted, null);
})();
