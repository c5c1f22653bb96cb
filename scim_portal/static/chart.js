/* Draws every [data-chart] with uPlot. The numbers come from the table twin beside it, so both always agree. */
(function () {
  "use strict";
  const charts = [];
  const color = (name) => {
    const probe = document.createElement("span");
    probe.className = "key " + name;
    document.body.append(probe);
    const found = getComputedStyle(probe);
    const value = name === "key-limit" ? found.borderTopColor : found.backgroundColor;
    probe.remove();
    return value;
  };

  function numbers(table) {
    const rows = [...table.tBodies[0].rows];
    const at = (row, cell) => { const text = row.cells[cell].dataset.value; return text === "" ? null : Number(text); };
    return [0, 1, 2].map((cell) => rows.map((row) => at(row, cell)));
  }

  // Instants in the reader's zone, as short as the step between two of them allows.
  function dates(step) {
    const day = { day: "numeric", month: "short" }, time = { hour: "2-digit", minute: "2-digit" };
    const parts = step >= 86400 ? day : step >= 60 ? time : { ...time, second: "2-digit" };
    return new Intl.DateTimeFormat("en-GB", parts);
  }

  function draw(place) {
    const table = document.getElementById(place.dataset.chart);
    const data = numbers(table);
    const ink = getComputedStyle(document.body).color;
    const line = getComputedStyle(place).borderTopColor;
    const steps = uPlot.paths.stepped({ align: 1 });
    const used = color("key-used");
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    place.replaceChildren();
    return new uPlot({
      width: place.clientWidth, height: place.clientHeight, legend: { show: false }, cursor: { y: false },
      scales: { y: { range: (_, low, high) => [0, Math.max(4, Math.ceil(high * 1.1))] } },
      axes: [{ ...axis, grid: { show: false }, space: 90, values: (_, marks, __, ___, step) =>
        marks.map((mark) => dates(step).format(new Date(mark * 1000))) }, { ...axis, size: 40 }],
      series: [{}, { stroke: used, width: 2, fill: used.replace(")", " / 0.12)").replaceAll(",", ""), paths: steps, points: { show: false } },
        { stroke: color("key-limit"), width: 2, dash: [6, 4], paths: steps, points: { show: false } }],
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
