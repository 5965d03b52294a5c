// Opens the filters where there is room for them beside the results: older browsers cannot show a closed <details>.
(function () {
  "use strict";
  var wide = window.matchMedia("(min-width: 64em)");
  function fit() {
    var filters = document.getElementById("filters");
    if (filters && wide.matches) filters.open = true;
  }
  // A person who has opened the filters on a phone keeps them open when the results change.
  var open = false;
  document.addEventListener("htmx:beforeSwap", function () {
    var filters = document.getElementById("filters");
    open = Boolean(filters && filters.open);
  });
  document.addEventListener("htmx:afterSwap", function () {
    var filters = document.getElementById("filters");
    if (filters && open) filters.open = true;
    fit();
  });
  wide.addEventListener("change", fit);
  fit();
})();
