(most, textMost, ...closed) => {
  // Runs in a world of its own: the page's scripts cannot change what is called here.
  const cut = (text, length) => String(text ?? "").slice(0, length);
  const safely = (work, otherwise) => { try { return work(); } catch { return otherwise; } };
  const roots = [document, ...closed];
  for (let at = 0; at < roots.length && roots.length < 200; at++) {
    const all = roots[at].querySelectorAll("*");
    for (let i = 0; i < all.length && i < 20000; i++) if (all[i].shadowRoot) roots.push(all[i].shadowRoot);
  }
  const every = (selector, length) => {
    const found = [];
    for (const root of roots) for (const each of root.querySelectorAll(selector)) {
      if (found.length >= length) return found;
      found.push(each);
    }
    return found;
  };
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 0 && box.height > 0 && style.visibility !== "hidden" && style.display !== "none" && +style.opacity !== 0;
  };
  const label = (field) => {
    const named = field.labels && field.labels.length ? Array.from(field.labels).map((each) => each.innerText).join(" ") : "";
    const by = (field.getAttribute("aria-labelledby") || "").split(/\s+/).map((id) => id && field.getRootNode().getElementById?.(id)?.innerText || "").join(" ");
    const near = named || by ? "" : field.closest("td, dd, li, p, div")?.innerText || field.closest("tr, dl")?.innerText || "";
    return cut([named, by, field.getAttribute("aria-label"), near].filter((each) => each && each.trim()).join(" "), 200);
  };
  const describe = (field) => ({
    tag: field.tagName.toLowerCase(), type: cut(field.type, 30), name: cut(field.getAttribute("name"), 100), id: cut(field.getAttribute("id"), 100),
    label: safely(() => label(field), ""), placeholder: cut(field.getAttribute("placeholder"), 100), autocomplete: cut(field.getAttribute("autocomplete"), 60),
    inputmode: cut(field.getAttribute("inputmode"), 20), maxlength: field.maxLength > 0 ? field.maxLength : 0,
    value: field.type === "password" || field.type === "file" ? "" : cut(field.value, 200), hidden: field.type === "hidden" || !safely(() => shown(field), true),
  });
  const forms = new Map();
  for (const field of every("input, select, textarea", 400)) {
    const form = field.form || null;
    if (!forms.has(form)) forms.set(form, []);
    forms.get(form).push(describe(field));
  }
  // A form's own field may be called "action" or "method": the attributes are asked for, not the properties.
  const of = (form) => ({
    action: form && form.getAttribute("action") !== null ? cut(new URL(form.getAttribute("action"), document.baseURI).href, 2000) : cut(document.URL, 2000),
    method: cut(form && form.getAttribute("method") || "get", 10).toLowerCase(),
  });
  const whole = document.documentElement;
  const visible = [document.body, ...roots.slice(1)].map((root) => root && (root.innerText ?? Array.from(root.children).map((each) => each.innerText ?? "").join("\n")) || "");
  return JSON.stringify({
    url: cut(document.URL, 4000), origin: location.origin, title: cut(document.title, 500), language: cut(whole?.lang, 40),
    text: cut(visible.filter((each) => each.trim()).join("\n") || (document.body ? "" : whole?.textContent), textMost), markup: cut(whole?.outerHTML, most),
    forms: Array.from(forms).slice(0, 50).map(([form, inside]) => ({ ...safely(() => of(form), { action: cut(document.URL, 2000), method: "get" }), fields: inside.slice(0, 100) })),
    images: every("img", 200).map((each) => cut(each.currentSrc || each.src, 1000)), alts: every("img[alt], svg[aria-label]", 200).map((each) => cut(each.getAttribute("alt") || each.getAttribute("aria-label"), 200)),
    scripts: every("script", 100).map((each) => cut(each.getAttribute("src") ? "" : each.textContent, 20000)).filter(Boolean),
    icons: every("link[rel~=icon], link[rel='shortcut icon']", 5).map((each) => cut(each.href, 700000)),
  });
}
