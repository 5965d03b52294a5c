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
