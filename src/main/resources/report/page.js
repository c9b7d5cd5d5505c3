(function () {
  'use strict';
  var charts = JSON.parse(document.getElementById('charts').textContent);
  var plots = window.plots = {};

  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

  function number(v) {
    if (v == null) { return '–'; }
    var size = Math.abs(v);
    var digits = size === Math.round(size) || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return v.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  function percentile(v) {
    if (v == null) { return '–'; }
    return (100 - 100 / v).toFixed(4).replace(/\.?0+$/, '') + ' %';
  }

  function axis(text, kind, splits) {
    var read = kind === 'PERCENTILE' ? percentile : number;
    var made = { label: text, stroke: colour('--ink'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') },
      labelSize: 22, font: '12px system-ui', labelFont: '13px system-ui',
      values: function (u, at) { return at.map(function (v) { return v == null ? '' : read(v); }); } };
    made.filter = function (u, at) { return at; };
    if (splits) { made.splits = function () { return splits; }; }
    return made;
  }

  // uPlot's own range of a logarithmic axis goes to whole powers of ten and leaves half of the chart empty
  function tight(by) { return function (u, low, high) { return low == null ? [1, 10] : low === high ? [low / 2, high * 2] : [low / by, high * by]; }; }

  function scale(axis, by) { return axis.log ? { time: false, distr: 3, log: 10, range: tight(by) } : { time: false }; }

  function splitsOf(chart) {
    if (chart.x.kind === 'PERCENTILE') {
      var powers = [];
      for (var v = 1; v <= chart.xs[chart.xs.length - 1] * 1.0001; v *= 10) { powers.push(v); }
      return powers;
    }
    return chart.xs.length <= 12 ? chart.xs : null;
  }

  /* 1, 2 and 5 times powers of ten; uPlot's own begin with the lowest value */
  function round(u, i, low, high) {
    var at = [], steps = high / low > 1e3 ? [1] : [1, 2, 5];
    for (var power = Math.pow(10, Math.floor(Math.log10(low))); power <= high; power *= 10) {
      steps.forEach(function (step) { if (step * power >= low && step * power <= high) { at.push(step * power); } });
    }
    return at;
  }

  function draw(chart) {
    var box = document.getElementById('plot-' + chart.id);
    if (!box || box.closest('details:not([open])')) { return; }
    if (plots[chart.id]) { plots[chart.id].destroy(); }
    var series = [{ label: chart.x.label, value: function (u, v) { return (chart.x.kind === 'PERCENTILE' ? percentile : number)(v); } }];
    chart.lines.forEach(function (line) {
      series.push({ label: line.name, stroke: line.colour, width: 2, dash: line.dash.length ? line.dash : undefined,
        points: { show: chart.xs.length <= 12, size: 6 }, value: function (u, v) { return v == null ? '–' : number(v) + ' µs'; } });
    });
    plots[chart.id] = new uPlot({
      width: box.clientWidth, height: Math.max(260, Math.min(420, box.clientWidth * 0.55)), series: series,
      scales: { x: scale(chart.x, 1), y: scale(chart.y, 1.15) },
      axes: [axis(chart.x.label, chart.x.kind, splitsOf(chart)), Object.assign(axis(chart.y.label, chart.y.kind), { size: 64 }, chart.y.log ? { splits: round } : {})],
      cursor: { drag: { x: true, y: false } }, legend: { live: true }
    }, [chart.xs].concat(chart.lines.map(function (line) { return line.ys; })), box);
    box.querySelectorAll('.u-legend .u-series').forEach(function (row, i) {
      if (i === 0) { return; }
      row.tabIndex = 0;
      row.addEventListener('keydown', function (e) {
        if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); row.querySelector('th').click(); }
      });
    });
  }

  function drawAll() { charts.forEach(draw); }

  function save(id) {
    var svg = new XMLSerializer().serializeToString(document.querySelector('#static-' + id + ' svg'));
    var link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    link.download = id + '.svg';
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  document.documentElement.classList.add('js');
  drawAll();
  document.querySelectorAll('details').forEach(function (d) { d.addEventListener('toggle', function () { if (d.open) {
    charts.forEach(function (chart) { if (!plots[chart.id] && d.contains(document.getElementById('plot-' + chart.id))) { draw(chart); } });
  } }); });
  document.querySelectorAll('button[data-save]').forEach(function (b) { b.addEventListener('click', function () { save(b.dataset.save); }); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  var width = window.innerWidth;
  window.addEventListener('resize', function () { if (window.innerWidth !== width) { width = window.innerWidth; drawAll(); } });
})();
