/* What the customer pages do beyond what they do without a script. Elements ask for it by data attributes. */
(function () {
    "use strict";

    var BACK_KEY = "ocm-customer-list";

    var SEARCH_BOX = "#id_q";

    function isTyping(element) {
        return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
    }

    // On many keyboards "/" is typed with Shift.
    function isSlash(event) {
        return event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    }

    /* "/" puts the cursor in the search box, also for who came by "/" from another page; so does the first Tab on a page that nobody has touched yet. */
    function reachSearchByKeyboard(box) {
        var isUntouched = true;
        if (window.location.hash === SEARCH_BOX) {
            box.focus();
            box.select();
        }
        document.addEventListener("pointerdown", function () { isUntouched = false; }, { once: true });
        document.addEventListener("keydown", function (event) {
            var isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
            var isFirstTab = isUntouched && event.key === "Tab" && document.activeElement === document.body;
            isUntouched = false;
            if ((isPlain && isFirstTab) || isSlash(event)) {
                event.preventDefault();
                box.focus();
                box.select();
            }
        });
    }

    /* On pages without a search box, "/" goes back to the list, where the cursor then stands in it. */
    function reachListByKeyboard(link) {
        document.addEventListener("keydown", function (event) {
            if (isSlash(event) && !event.defaultPrevented) {
                event.preventDefault();
                window.location.assign(link.href.split("#")[0] + SEARCH_BOX);
            }
        });
    }

    /* Empty fields stay out of the address. */
    function tidyOnSubmit(form) {
        form.addEventListener("submit", function () {
            Array.prototype.forEach.call(form.elements, function (field) {
                field.disabled = field.disabled || (field.name && !field.value);
            });
        });
        // The browser's own way back shows the page as it was left, fields switched off and all.
        window.addEventListener("pageshow", function () {
            Array.prototype.forEach.call(form.elements, function (field) { field.disabled = false; });
        });
    }

    /* One menu is open at a time; Escape or a click elsewhere closes it. */
    function closeMenus(except) {
        document.querySelectorAll(".ocm-menu[open]").forEach(function (menu) {
            if (menu !== except) {
                menu.open = false;
            }
        });
    }

    function keepMenusTidy() {
        // One that was opened before the scripts were there has to be told again to fill itself.
        document.querySelectorAll(".ocm-menu[open]").forEach(function (menu) {
            menu.dispatchEvent(new Event("toggle"));
        });
        document.addEventListener("click", function (event) {
            closeMenus(event.target.closest(".ocm-menu"));
        });
        document.addEventListener("keydown", function (event) {
            var open = event.key === "Escape" && document.querySelector(".ocm-menu[open]");
            if (open) {
                open.open = false;
                open.querySelector("summary").focus();
            }
        });
    }

    /* Each tab of the browser remembers its own list, for pages whose address does not carry it. */
    function rememberList() {
        try {
            if (document.body.classList.contains("ocm-list-page")) {
                window.sessionStorage.setItem(BACK_KEY, window.location.pathname + window.location.search);
            }
            var list = window.sessionStorage.getItem(BACK_KEY);
            if (list && !/[?&]back=/.test(window.location.search)) {
                document.querySelectorAll("a[data-ocm-back]").forEach(function (link) {
                    // Only ever another state of the list that the link leads to anyway.
                    if (list.split("?")[0] === link.pathname) {
                        link.href = list;
                    }
                });
            }
        } catch (error) {
            // No storage in this browser: the link leads to the list as it opens.
        }
    }

    document.addEventListener("DOMContentLoaded", function () {
        document.querySelectorAll("input[data-ocm-search]").forEach(reachSearchByKeyboard);
        var back = document.querySelector("a[data-ocm-back]");
        if (back && !document.querySelector("input[data-ocm-search]")) {
            reachListByKeyboard(back);
        }
        document.querySelectorAll("form[data-ocm-tidy]").forEach(tidyOnSubmit);
        keepMenusTidy();
        rememberList();
    });
}());
