// Fields with `data-suggest` complete what is typed into them: an editable combobox with a list, as the ARIA Authoring
// Practices describe it. Nothing waits for the list: who types or submits goes on, and what comes too late is dropped.
(function () {
  "use strict";
  var WAIT = 80;
  var LEAST = 2;
  var MOST_KEPT = 60;
  var number = 0;

  function enhance(input) {
    if (input.getAttribute("role") === "combobox") return;
    var list = document.createElement("div");
    var told = document.createElement("p");
    var kept = new Map();
    var active = -1;
    var timer = 0;
    var asking = null;
    var submitted = null;
    number += 1;
    list.id = "options-" + number;
    list.className = "oer-options";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    told.className = "usa-sr-only";
    told.setAttribute("role", "status");
    input.parentElement.classList.add("oer-combo");
    input.parentElement.append(list, told);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);

    function options() {
      return list.querySelectorAll("[role=option]");
    }
    function isOpen() {
      return !list.hidden;
    }
    function activate(place) {
      var all = options();
      if (all[active]) all[active].setAttribute("aria-selected", "false");
      active = all.length && place >= 0 ? place % all.length : -1;
      if (active < 0) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      all[active].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }
    function close() {
      activate(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    }
    function drop() {
      clearTimeout(timer);
      if (asking) asking.abort();
      asking = null;
      close();
    }
    function open() {
      list.style.top = input.offsetTop + input.offsetHeight + 4 + "px";
      list.hidden = false;
      list.scrollTop = 0;
      input.setAttribute("aria-expanded", "true");
    }
    function show(html) {
      activate(-1);
      list.innerHTML = html;
      options().forEach(function (option, place) { option.id = list.id + "-" + place; });
      var count = options().length;
      told.textContent = count ? count + (count === 1 ? " suggestion" : " suggestions") : "No suggestions";
      if (count) open();
      else close();
    }
    function ask(then) {
      var typed = input.value.trim();
      clearTimeout(timer);
      if (asking) asking.abort();
      asking = null;
      if (typed.length < LEAST) {
        list.textContent = "";
        told.textContent = "";
        close();
        return;
      }
      if (kept.has(typed)) {
        show(kept.get(typed));
        if (then) then();
        return;
      }
      var mine = (asking = new AbortController());
      fetch(input.dataset.suggest + encodeURIComponent(typed), { signal: mine.signal, credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.text() : ""; })
        .then(function (html) {
          if (asking !== mine || document.activeElement !== input) return;
          asking = null;
          if (kept.size >= MOST_KEPT) kept.clear();
          kept.set(typed, html);
          show(html);
          if (then) then();
        })
        .catch(function () { if (asking === mine) drop(); });
    }
    function move(step) {
      if (!isOpen()) {
        ask(function () { if (isOpen()) activate(step > 0 ? 0 : options().length - 1); });
        return;
      }
      activate(active < 0 ? (step > 0 ? 0 : options().length - 1) : (active + step + options().length) % options().length);
    }
    function take(option) {
      drop();
      if (option.dataset.kind === "title") {
        input.value = option.dataset.value;
      } else {
        // The results that come bring the filter itself, and this field goes with those that were there.
        var field = document.createElement("input");
        field.type = "hidden";
        field.name = option.dataset.kind;
        field.value = option.dataset.value;
        (document.getElementById("browse") || input.form).append(field);
        input.value = "";
      }
      if (input.form.requestSubmit) input.form.requestSubmit();
      else input.form.submit();
    }

    input.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (event.altKey && event.key === "ArrowUp") close();
        else if (event.altKey) ask();
        else move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter" && isOpen() && active >= 0) {
        event.preventDefault();
        take(options()[active]);
      } else if (event.key === "Escape" && isOpen()) {
        event.preventDefault();
        close();
      } else if (event.key === "Tab") {
        drop();
      } else if (["Home", "End", "ArrowLeft", "ArrowRight"].indexOf(event.key) >= 0) {
        activate(-1);
      }
    });
    input.addEventListener("blur", drop);
    input.form.addEventListener("submit", function () {
      drop();
      submitted = input.value;
    });
    // A field that results take away while it is in focus says that it changed: that has been searched for already.
    input.addEventListener("change", function (event) {
      if (input.value === submitted) event.stopPropagation();
    });
    // The field keeps the focus while the list is pressed or scrolled.
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      var option = event.target.closest("[role=option]");
      if (option) take(option);
    });
  }

  function all() {
    document.querySelectorAll("[data-suggest]").forEach(enhance);
  }
  document.addEventListener("htmx:afterSettle", all);
  all();
})();
