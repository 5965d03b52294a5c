// The map of a progression: moved by dragging, made larger and smaller, walked by arrow keys. Without this it scrolls.
(function () {
  "use strict";
  var frame = document.getElementById("map-frame");
  var picture = document.getElementById("map-picture");
  if (!frame || !picture) return;
  var SMALLEST = 0.15, LARGEST = 3, STEP = 1.25, READABLE = 0.9, NEARLY = 0.75;
  var natural = { width: picture.viewBox.baseVal.width, height: picture.viewBox.baseVal.height };
  var boxes = Array.from(picture.querySelectorAll(".map-box"));
  var byId = new Map(boxes.map(function (box) { return [box.dataset.id, box]; }));
  var center = picture.querySelector(".map-box--center") || boxes[0];
  var before = new Map(), after = new Map(), links = new Map();
  var scale = 1;

  boxes.forEach(function (box) { before.set(box, []); after.set(box, []); links.set(box, []); });
  picture.querySelectorAll(".map-link").forEach(function (link) {
    var source = byId.get(link.dataset.source), target = byId.get(link.dataset.target);
    after.get(source).push(target);
    before.get(target).push(source);
    links.get(source).push(link);
    links.get(target).push(link);
  });

  function fitting() {
    return Math.min(1, (frame.clientWidth - 2) / natural.width, (tallest() - 2) / natural.height);
  }
  function tallest() {
    return parseFloat(getComputedStyle(frame).maxHeight) || frame.clientHeight;
  }
  // Keeps the point of the picture that lies under (x, y) of the window where it is.
  function zoom(wanted, x, y) {
    var next = Math.min(LARGEST, Math.max(SMALLEST, wanted));
    var edge = picture.getBoundingClientRect();
    var at = { x: (x - edge.left) / scale, y: (y - edge.top) / scale };
    scale = next;
    picture.setAttribute("width", natural.width * scale);
    picture.setAttribute("height", natural.height * scale);
    edge = picture.getBoundingClientRect();
    frame.scrollLeft += edge.left + at.x * scale - x;
    frame.scrollTop += edge.top + at.y * scale - y;
    document.getElementById("map-scale").textContent = Math.round(scale * 100) + "%";
    disable("in", scale >= LARGEST);
    disable("out", scale <= SMALLEST);
  }
  function disable(name, off) {
    tools.querySelector('[data-map="' + name + '"]').setAttribute("aria-disabled", off);
  }
  function zoomInMiddle(wanted) {
    var edge = frame.getBoundingClientRect();
    zoom(wanted, edge.left + frame.clientWidth / 2, edge.top + frame.clientHeight / 2);
  }
  function bring(box, always) {
    var inside = box.getBoundingClientRect(), edge = frame.getBoundingClientRect();
    var seen = inside.left >= edge.left && inside.right <= edge.right && inside.top >= edge.top && inside.bottom <= edge.bottom;
    if (seen && !always) return;
    var calm = always === "now" || matchMedia("(prefers-reduced-motion: reduce)").matches;
    frame.scrollBy({
      left: (inside.left + inside.right) / 2 - edge.left - frame.clientWidth / 2,
      top: (inside.top + inside.bottom) / 2 - edge.top - frame.clientHeight / 2,
      behavior: calm ? "instant" : "smooth"
    });
  }

  var tools = document.getElementById("map-tools");
  var actions = {
    in: function () { zoomInMiddle(scale * STEP); },
    out: function () { zoomInMiddle(scale / STEP); },
    fit: function () { zoomInMiddle(fitting()); },
    center: function () { bring(center, true); },
    print: function () { window.print(); }
  };
  tools.addEventListener("click", function (event) {
    var button = event.target.closest("[data-map]");
    if (button) actions[button.dataset.map]();
  });
  frame.addEventListener("wheel", function (event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(scale * Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
  }, { passive: false });

  // Dragging by mouse; fingers scroll the frame by themselves, and two of them pinch.
  var held = null, dragged = false;
  frame.addEventListener("pointerdown", function (event) {
    dragged = false;
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    held = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop };
  });
  window.addEventListener("pointermove", function (event) {
    if (!held) return;
    var x = event.clientX - held.x, y = event.clientY - held.y;
    if (!dragged && Math.abs(x) + Math.abs(y) < 5) return;
    dragged = true;
    frame.classList.add("map-frame--held");
    frame.scrollLeft = held.left - x;
    frame.scrollTop = held.top - y;
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    window.addEventListener(name, function () {
      held = null;
      frame.classList.remove("map-frame--held");
    });
  });
  frame.addEventListener("click", function (event) {
    if (dragged) event.preventDefault();
  }, true);
  frame.addEventListener("dragstart", function (event) { event.preventDefault(); });

  var pinch = null;
  function spread(touches) {
    return Math.hypot(touches[0].clientX - touches[1].clientX, touches[0].clientY - touches[1].clientY);
  }
  frame.addEventListener("touchstart", function (event) {
    pinch = event.touches.length === 2 ? { distance: spread(event.touches) || 1, scale: scale } : null;
  }, { passive: true });
  frame.addEventListener("touchmove", function (event) {
    if (!pinch || event.touches.length !== 2) return;
    event.preventDefault();
    zoom(pinch.scale * spread(event.touches) / pinch.distance,
      (event.touches[0].clientX + event.touches[1].clientX) / 2, (event.touches[0].clientY + event.touches[1].clientY) / 2);
  }, { passive: false });
  frame.addEventListener("touchend", function () { pinch = null; });

  // One stop for the Tab key; the arrows walk along the links and up and down in a column.
  function middle(box) {
    var rect = box.querySelector("rect");
    return rect.y.baseVal.value + rect.height.baseVal.value / 2;
  }
  function nearest(some, box) {
    return some.slice().sort(function (one, other) {
      return Math.abs(middle(one) - middle(box)) - Math.abs(middle(other) - middle(box));
    })[0];
  }
  function beside(box, step) {
    var column = boxes.filter(function (other) { return other.dataset.column === box.dataset.column; });
    column.sort(function (one, other) { return middle(one) - middle(other); });
    return column[column.indexOf(box) + step];
  }
  var ways = {
    ArrowLeft: function (box) { return nearest(before.get(box), box); },
    ArrowRight: function (box) { return nearest(after.get(box), box); },
    ArrowUp: function (box) { return beside(box, -1); },
    ArrowDown: function (box) { return beside(box, 1); },
    Home: function () { return center; }
  };
  function enter(box) {
    boxes.forEach(function (other) { other.setAttribute("tabindex", other === box ? "0" : "-1"); });
  }
  picture.addEventListener("keydown", function (event) {
    var box = event.target.closest(".map-box");
    if (!box || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "+" || event.key === "=") actions.in();
    else if (event.key === "-") actions.out();
    else if (ways[event.key]) {
      var next = ways[event.key](box);
      if (next) next.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
    bring(document.activeElement);
  });

  function trace(box) {
    picture.querySelectorAll(".map-link--near, .map-box--near").forEach(function (each) {
      each.classList.remove("map-link--near", "map-box--near");
    });
    picture.classList.toggle("map-picture--tracing", Boolean(box));
    if (!box) return;
    links.get(box).forEach(function (link) {
      link.classList.add("map-link--near");
      link.parentNode.appendChild(link);
    });
    before.get(box).concat(after.get(box)).forEach(function (other) { other.classList.add("map-box--near"); });
  }
  boxes.forEach(function (box) {
    box.addEventListener("pointerenter", function () { trace(box); });
    box.addEventListener("pointerleave", function () { trace(focused()); });
    box.addEventListener("focus", function () { enter(box); trace(box); bring(box); });
    box.addEventListener("blur", function () { trace(null); });
  });
  function focused() {
    return boxes.indexOf(document.activeElement) < 0 ? null : document.activeElement;
  }

  tools.hidden = false;
  document.querySelector(".map-with-script").hidden = false;
  frame.classList.add("map-frame--live");
  enter(center);
  zoomInMiddle(fitting() < NEARLY ? READABLE : fitting());
  bring(center, "now");
})();
