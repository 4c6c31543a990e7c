/* The pages of one customer. Everything works without this; it spares a few clicks. */
(function () {
    "use strict";

    function each(root, selector, visit) {
        Array.prototype.forEach.call(root.querySelectorAll(selector), visit);
    }

    function say(button, words) {
        var label = button.querySelector("span") || button;
        var before = label.textContent;
        label.textContent = words;
        label.setAttribute("role", "status");
        window.setTimeout(function () {
            label.textContent = before;
        }, 2000);
    }

    function copyByHand(text) {
        var area = document.createElement("textarea");
        area.value = text;
        area.className = "sr-only";
        document.body.appendChild(area);
        area.select();
        document.execCommand("copy");
        area.remove();
    }

    function copy(event) {
        var button = event.currentTarget;
        var done = function () {
            say(button, button.dataset.ocmCopied);
        };
        if (navigator.clipboard && window.isSecureContext) {
            navigator.clipboard.writeText(button.dataset.ocmCopy).then(done);
        } else {
            copyByHand(button.dataset.ocmCopy);
            button.focus();
            done();
        }
    }

    /* "Use this": put what somebody else stored into the field beside it. */
    function useStored(event) {
        var button = event.currentTarget;
        var value = JSON.parse(button.dataset.ocmUse);
        var fields = button.form.elements[button.dataset.ocmFor];
        var boxes = fields instanceof RadioNodeList ? Array.prototype.slice.call(fields) : [fields];
        boxes.forEach(function (field) {
            if (Array.isArray(value)) {
                field.checked = value.indexOf(field.value) !== -1;
            } else if (typeof value === "boolean") {
                field.checked = value;
            } else {
                field.value = value;
            }
        });
        boxes[0].focus();
        boxes[0].form.dispatchEvent(new Event("input"));
    }

    /* Asks before a page with something typed is left. */
    function guard(form) {
        var isTyped = form.previousElementSibling !== null && form.previousElementSibling.id === "ocm-error-summary";
        form.addEventListener("input", function () {
            isTyped = true;
        });
        form.addEventListener("submit", function () {
            isTyped = false;
        });
        window.addEventListener("beforeunload", function (event) {
            if (isTyped) {
                event.preventDefault();
            }
        });
    }

    function wire(root) {
        each(root, "[data-ocm-copy]", function (button) {
            button.hidden = false;
            button.addEventListener("click", copy);
        });
        each(root, "[data-ocm-use]", function (button) {
            button.hidden = false;
            button.addEventListener("click", useStored);
        });
        each(root, "[data-ocm-print]", function (button) {
            button.hidden = false;
            button.addEventListener("click", function () {
                window.print();
            });
        });
        each(root, "[data-ocm-guard]", guard);
    }

    function start() {
        wire(document);
        var summary = document.getElementById("ocm-error-summary");
        if (summary) {
            summary.focus();
        }
        /* Logged out meanwhile, or gone: show the whole answer, not a login form inside a tab. */
        document.body.addEventListener("htmx:beforeSwap", function (event) {
            var asked = new URL(event.detail.pathInfo.finalRequestPath, window.location.href);
            var answered = new URL(event.detail.xhr.responseURL || asked, window.location.href);
            if (event.detail.xhr.status >= 400 || answered.pathname !== asked.pathname) {
                event.detail.shouldSwap = false;
                window.location.assign(asked.href);
            }
        });
        document.body.addEventListener("htmx:sendError", function (event) {
            window.location.assign(event.detail.pathInfo.finalRequestPath);
        });
        document.body.addEventListener("htmx:afterSettle", function () {
            if (document.activeElement === document.body) {
                var tab = document.getElementById("ocm-tab");
                if (tab) {
                    tab.focus();
                }
            }
        });
    }

    if (document.readyState === "loading") {
        document.addEventListener("DOMContentLoaded", start);
    } else {
        start();
    }
})();
