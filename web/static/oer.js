// Opens the filters where there is room for them beside the results: older browsers cannot show a closed <details>.
(function () {
  "use strict";
  var wide = window.matchMedia("(min-width: 64em)");
  var open = false;
  var focused = "";
  function filters() {
    return document.getElementById("filters");
  }
  function fit() {
    if (filters() && wide.matches) filters().open = true;
  }
  // A person who has opened the filters on a phone keeps them open, and their place in them, when the results change.
  document.addEventListener("htmx:beforeSwap", function () {
    open = Boolean(filters() && filters().open);
    focused = document.activeElement ? document.activeElement.id : "";
  });
  document.addEventListener("htmx:afterSettle", function () {
    if (filters() && open) filters().open = true;
    fit();
    var place = focused && document.getElementById(focused);
    if (place && document.activeElement !== place) place.focus({ preventScroll: true });
  });
  wide.addEventListener("change", fit);
  fit();
})();

// Long lists of filters get a field that narrows them as one types; what is typed there or in another form's fields
// is no change of the search.
(function () {
  "use strict";
  function narrowing(field) {
    return field.closest && field.closest(".oer-narrowing");
  }
  function show() {
    document.querySelectorAll(".oer-narrowing").forEach(function (each) { each.hidden = false; });
  }
  document.addEventListener("input", function (event) {
    var box = narrowing(event.target);
    if (!box) return;
    var typed = event.target.value.trim().toLowerCase();
    var left = 0;
    var heading = null;
    Array.prototype.forEach.call(box.parentElement.children, function (each) {
      if (each.classList.contains("oer-branch")) {
        heading = each;
        heading.hidden = Boolean(typed);
      } else if (each.classList.contains("usa-checkbox")) {
        each.hidden = each.textContent.toLowerCase().indexOf(typed) < 0;
        if (!each.hidden) {
          left += 1;
          if (heading) heading.hidden = false;
        }
      }
    });
    box.querySelector("[role=status]").textContent = left + (left === 1 ? " choice" : " choices");
  });
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (narrowing(event.target) || (form && form.id === "ask")) event.stopPropagation();
  }, true);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && narrowing(event.target)) event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", show);
  show();
})();

// Buttons that copy the text of the element they name; without a clipboard they stay hidden, and the text can be selected.
(function () {
  "use strict";
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(function () {
        document.getElementById("copied").textContent = "Copied";
        button.textContent = "Copied";
      });
    });
  });
})();

// Buttons that print the page; without scripts the browser's own menu does.
(function () {
  "use strict";
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
