(function () {
  'use strict';
  // the plot's edges and the picture's size in the coordinates of the SVG, see Drawing
  var LEFT = 78, RIGHT = 882, TOP = 40, BOTTOM = 400, WIDTH = 900;

  function svg(name, attributes, parent) {
    var element = document.createElementNS('http://www.w3.org/2000/svg', name);
    Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    return parent.appendChild(element);
  }

  function points(element) {
    return element.getAttribute('points').split(' ').map(function (point) { return point.split(',').map(Number); });
  }

  function figure(root, number) {
    var picture = root.querySelector('.chart svg'), box = root.querySelector('.chart'), from = LEFT, to = RIGHT;
    var places = root.dataset.positions.split(' ').map(Number), rows = root.querySelectorAll('details tbody tr');
    var names = [].map.call(root.querySelectorAll('details thead th'), function (cell) { return cell.textContent; });
    var overlay = svg('g', { 'class': 'overlay' }, picture);
    var cursor = svg('line', { y1: TOP, y2: BOTTOM, visibility: 'hidden' }, overlay);
    var range = svg('rect', { y: TOP, height: BOTTOM - TOP, visibility: 'hidden' }, overlay);
    var readout = box.appendChild(document.createElement('div'));
    var clip = svg('clipPath', { id: 'clip-' + number }, picture);
    svg('rect', { x: LEFT, y: TOP - 6, width: RIGHT - LEFT, height: BOTTOM - TOP + 12 }, clip);
    readout.className = 'readout';

    function shown(x) { return LEFT + (x - from) * (RIGHT - LEFT) / (to - from); }

    function original(x) { return from + (x - LEFT) * (to - from) / (RIGHT - LEFT); }

    function x(event) {
      var bounds = picture.getBoundingClientRect();
      return (event.clientX - bounds.left) * WIDTH / bounds.width;
    }

    function inside(event) {
      var bounds = picture.getBoundingClientRect(), y = (event.clientY - bounds.top) * WIDTH / bounds.width;
      return x(event) >= LEFT && x(event) <= RIGHT && y >= TOP && y <= BOTTOM;
    }

    function hide() { cursor.setAttribute('visibility', 'hidden'); readout.style.display = 'none'; }

    /** Shows the values at the place that is nearest to the pointer. */
    function hover(event) {
      if (!inside(event)) { hide(); return; }
      var at = original(x(event)), nearest = 0;
      places.forEach(function (place, i) { if (Math.abs(place - at) < Math.abs(places[nearest] - at)) { nearest = i; } });
      cursor.setAttribute('x1', shown(places[nearest]));
      cursor.setAttribute('x2', shown(places[nearest]));
      cursor.setAttribute('visibility', 'visible');
      var cells = [].map.call(rows[nearest].children, function (cell) { return cell.textContent; });
      readout.textContent = names[0] + ' ' + cells[0] + names.slice(1).map(function (name, i) {
        var off = picture.querySelector('.curve.line-' + i).classList.contains('off');
        return off || cells[i + 1] === '–' ? '' : '\n' + name + ': ' + cells[i + 1] + ' ' + root.dataset.unit;
      }).join('');
      readout.style.display = 'block';
      var left = event.clientX - box.getBoundingClientRect().left + box.scrollLeft;
      var beside = event.clientX > innerWidth / 2 ? -readout.offsetWidth - 14 : 14;
      readout.style.left = Math.max(0, left + beside) + 'px';
    }

    /** Stretches the part of the x axis between two places of the original picture over the whole plot. */
    function zoom(low, high) {
      from = low;
      to = high;
      hide();
      picture.querySelectorAll('.curve').forEach(function (curve) { curve.setAttribute('clip-path', 'url(#clip-' + number + ')'); });
      picture.querySelectorAll('.curve polyline').forEach(function (line) {
        line.original = line.original || points(line);
        line.setAttribute('points', line.original.map(function (p) { return shown(p[0]).toFixed(1) + ',' + p[1]; }).join(' '));
      });
      picture.querySelectorAll('.curve polygon, .tick').forEach(function (moved) {
        var corners = points(moved.matches('.tick') ? moved.querySelector('polyline') : moved);
        var middle = corners.reduce(function (sum, corner) { return sum + corner[0]; }, 0) / corners.length;
        moved.setAttribute('transform', 'translate(' + (shown(middle) - middle).toFixed(1) + ' 0)');
        moved.setAttribute('visibility', shown(middle) < LEFT - 1 || shown(middle) > RIGHT + 1 ? 'hidden' : 'visible');
      });
    }

    var start = null;
    picture.setAttribute('role', 'group');
    picture.addEventListener('pointermove', function (event) {
      hover(event);
      if (start !== null) {
        var end = Math.min(RIGHT, Math.max(LEFT, x(event)));
        range.setAttribute('x', Math.min(start, end));
        range.setAttribute('width', Math.abs(end - start));
        range.setAttribute('visibility', 'visible');
      }
    });
    picture.addEventListener('pointerleave', hide);
    picture.addEventListener('pointerdown', function (event) {
      if (event.pointerType === 'mouse' && inside(event)) { start = x(event); event.preventDefault(); } else { hover(event); }
    });
    window.addEventListener('pointerup', function (event) {
      if (start === null) { return; }
      var end = Math.min(RIGHT, Math.max(LEFT, x(event))), begin = start;
      start = null;
      range.setAttribute('visibility', 'hidden');
      if (Math.abs(end - begin) > 8) { zoom(original(Math.min(begin, end)), original(Math.max(begin, end))); }
    });
    picture.addEventListener('dblclick', function () { zoom(LEFT, RIGHT); });

    picture.querySelectorAll('.legend').forEach(function (legend, i) {
      function toggle() {
        var off = legend.classList.toggle('off');
        picture.querySelector('.curve.line-' + i).classList.toggle('off', off);
        legend.setAttribute('aria-pressed', String(!off));
      }
      legend.setAttribute('role', 'button');
      legend.setAttribute('tabindex', '0');
      legend.setAttribute('aria-pressed', 'true');
      legend.addEventListener('click', toggle);
      legend.addEventListener('keydown', function (event) {
        if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); toggle(); }
      });
    });
  }

  function save(id) {
    var picture = document.querySelector('#figure-' + id + ' .chart svg').cloneNode(true), link = document.createElement('a');
    picture.querySelector('.overlay').remove();
    link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(picture)], { type: 'image/svg+xml' }));
    link.download = id + '.svg';
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  document.querySelectorAll('figure').forEach(figure);
  document.querySelectorAll('button[data-save]').forEach(function (b) { b.addEventListener('click', function () { save(b.dataset.save); }); });
  document.documentElement.classList.add('js');
})();
