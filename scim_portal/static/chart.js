/* Draws every [data-chart] with uPlot. The numbers come from the table twin beside it, so both always agree. */
(function () {
  "use strict";
  const charts = [];
  // Pages in English write the day before the month.
  const language = { en: "en-GB" }[document.documentElement.lang] || document.documentElement.lang;
  // How each series looks: by color and by dash, so that nobody has to tell colors apart.
  const looks = { used: { width: 2, filled: true }, held: { width: 1.5, dash: [2, 3] }, waiting: { width: 1.5, dash: [8, 3, 2, 3] },
    limit: { width: 2, dash: [6, 4] } };

  function color(name) {
    const probe = document.createElement("span");
    probe.className = "key key-" + name;
    document.body.append(probe);
    const found = getComputedStyle(probe).borderTopColor;
    probe.remove();
    return found;
  }

  const veiled = (rgb) => rgb.replace(/^rgb\((.*)\)$/, (_, parts) => `rgb(${parts.replaceAll(",", " ")} / 0.14)`);

  function columns(table) {
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const rows = [...table.tBodies[0].rows];
    const at = (row, cell) => { const text = row.cells[cell].dataset.value; return text === "" ? null : Number(text); };
    return { names: heads.map((head) => head.dataset.series), labels: heads.map((head) => head.textContent),
      data: [0, ...heads.map((_, index) => index + 1)].map((cell) => rows.map((row) => at(row, cell))),
      told: rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())) };
  }

  // Instants in the admin's zone, as short as the step between two of them allows.
  function dates(step, zone) {
    const day = { day: "numeric", month: "short" }, time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const parts = step >= 86400 ? day : step >= 60 ? time : { ...time, second: "2-digit" };
    return new Intl.DateTimeFormat(language, { ...parts, timeZone: zone });
  }

  function draw(place) {
    const { names, labels, data, told } = columns(document.getElementById(place.dataset.chart));
    const readout = place.parentElement.querySelector("[data-chart-readout]");
    const ink = getComputedStyle(document.body).color;
    const line = getComputedStyle(place).borderTopColor;
    const zone = place.dataset.zone;
    const stepped = uPlot.paths.stepped({ align: 1 });
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    const series = names.map((name) => {
      const { width, dash, filled } = looks[name], stroke = color(name);
      return { stroke, width, dash, fill: filled && veiled(stroke), paths: stepped, points: { show: false } };
    });
    place.replaceChildren();
    return new uPlot({
      width: place.clientWidth, height: place.clientHeight, legend: { show: false }, cursor: { y: false },
      tzDate: (stamp) => uPlot.tzDate(new Date(stamp * 1000), zone),
      scales: { x: { range: () => [Number(place.dataset.from), Number(place.dataset.until)] },
        y: { range: (_, low, high) => [0, Math.max(4, Math.ceil((high || 0) * 1.1))] } },
      axes: [{ ...axis, grid: { show: false }, size: 28, gap: 6, space: 80, values: (_, marks, __, ___, step) =>
        marks.map((mark) => dates(step, zone).format(new Date(mark * 1000))) },
      { ...axis, size: 52, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8],
        values: (_, marks) => marks.map((mark) => mark.toLocaleString(language)) }],
      series: [{}, ...series],
      hooks: { setCursor: [(chart) => {
        const row = told[chart.cursor.idx ?? told.length - 1];
        readout.textContent = row[0] + ": " + labels.map((label, index) => label + " " + row[index + 1]).join(", ");
      }] },
    }, data, place);
  }

  function all() {
    while (charts.length) charts.pop().destroy();
    document.querySelectorAll("[data-chart]").forEach((place) => charts.push(draw(place)));
  }

  addEventListener("resize", () => charts.forEach((chart) =>
    chart.setSize({ width: chart.root.parentElement.clientWidth, height: chart.root.parentElement.clientHeight })));
  document.addEventListener("themechange", all);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  all();
})();
