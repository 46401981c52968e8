// Sorts and filters tables, and finds hosts. The page says everything without it.
(function () {
  "use strict";

  function el(name, text) {
    var made = document.createElement(name);
    if (text) { made.textContent = text; }
    return made;
  }

  function valueOf(row, at) {
    var cell = row.cells[at];
    return cell ? cell.getAttribute("data-s") || cell.textContent.trim() : "";
  }

  function sort(table, th, at) {
    var down = th.getAttribute("aria-sort") === "ascending";
    var order = new Intl.Collator(undefined, { numeric: true });
    Array.prototype.forEach.call(table.tBodies, function (body) {
      var rows = Array.prototype.slice.call(body.rows);
      rows.sort(function (a, b) {
        var way = order.compare(valueOf(a, at), valueOf(b, at));
        return down ? -way : way;
      });
      rows.forEach(function (row) { body.appendChild(row); });
    });
    Array.prototype.forEach.call(th.parentNode.cells, function (other) {
      other.removeAttribute("aria-sort");
    });
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  function makeSortable(table) {
    if (!table.tHead || table.tBodies.length !== 1 || table.tBodies[0].rows.length < 3) { return; }
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th, at) {
      var button = el("button");
      button.type = "button";
      while (th.firstChild) { button.appendChild(th.firstChild); }
      button.addEventListener("click", function () { sort(table, th, at); });
      th.appendChild(button);
    });
  }

  function finder(label, onInput) {
    var box = el("label", label + " ");
    var input = el("input");
    input.type = "search";
    input.addEventListener("input", function () { onInput(input.value.toLowerCase()); });
    box.className = "find";
    box.appendChild(input);
    return box;
  }

  function makeFindable(table) {
    var rows = table.querySelectorAll("tbody tr");
    if (rows.length < 8) { return; }
    var place = table.closest(".scroll") || table;
    place.parentNode.insertBefore(finder("Find in this table", function (wanted) {
      Array.prototype.forEach.call(rows, function (row) {
        row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0;
      });
    }), place);
  }

  function hostTools(place) {
    var hosts = document.querySelectorAll("details.host");
    if (!hosts.length) { return; }
    var button = el("button", "Open all");
    button.type = "button";
    button.addEventListener("click", function () {
      var open = button.textContent === "Open all";
      Array.prototype.forEach.call(hosts, function (host) { host.open = open; });
      button.textContent = open ? "Close all" : "Open all";
    });
    place.className = "tools";
    place.appendChild(button);
    place.parentNode.insertAdjacentElement("afterend", finder("Find hosts that mention", function (wanted) {
      Array.prototype.forEach.call(hosts, function (host) {
        host.hidden = wanted !== "" && host.textContent.toLowerCase().indexOf(wanted) < 0;
      });
    }));
  }

  function openTarget() {
    var target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  }

  document.querySelectorAll("main table:not(.plain)").forEach(makeSortable);
  document.querySelectorAll("table[data-find]").forEach(makeFindable);
  document.querySelectorAll("[data-tools=hosts]").forEach(hostTools);
  window.addEventListener("hashchange", openTarget);
  openTarget();
}());
