// What is wrong with the shape of a page, one sentence each; nothing where all is well.
(view) => {
  const faults = [];
  const told = (text) => text.trim().replace(/\s+/g, " ").slice(0, 40);
  const texts = [];
  const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest("style, script, .spoken")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    if (boxes.length) texts.push({ node, parent, boxes, text: told(node.data) });
  }
  if (!texts.length) faults.push("no text is seen");

  // No text over text; rounding, and the ascent of neighbouring lines, take up to two pixels.
  const all = texts.flatMap((one) => one.boxes.map((box) => ({ box, one })));
  all.sort((a, b) => a.box.top - b.box.top);
  for (let i = 0; i < all.length; i++) {
    for (let k = i + 1; k < all.length && all[k].box.top < all[i].box.bottom - 2; k++) {
      const a = all[i].box, b = all[k].box;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (all[i].one !== all[k].one && across > 1 && down > 4) {
        faults.push(`«${all[i].one.text}» and «${all[k].one.text}» overlap`);
      }
    }
  }

  // Nothing beyond the view, apart from source lines that scroll by themselves.
  const inner = view.getBoundingClientRect();
  for (const { parent, boxes, text } of texts) {
    if (parent.closest("pre")) continue;
    if (boxes.some((box) => box.right > inner.right + 1 || box.left < inner.left - 1)) {
      faults.push(`«${text}» reaches beyond its view`);
    }
  }
  for (const part of [view, ...view.querySelectorAll("*")]) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(part).overflowX);
    if (scrolls && part.tagName !== "PRE" && part.scrollWidth > part.clientWidth + 1) {
      faults.push(`«${told(part.textContent)}» scrolls sideways`);
    }
  }
  const root = document.documentElement;
  if (root.scrollWidth > window.innerWidth) faults.push(`the page is ${root.scrollWidth} pixels wide`);

  // No text runs one word, or one character, a line.
  for (const { boxes, node, text } of texts) {
    const lines = new Set(boxes.map((box) => Math.round(box.top))).size;
    if (lines > 2 && told(node.data).length >= 12 && node.data.trim().length / lines < 6) {
      faults.push(`«${text}» runs over ${lines} lines`);
    }
  }

  // Names of one depth begin at one edge, and deeper ones further in; so do cells of a column.
  const first = (part) => {
    const found = texts.filter((one) => part.contains(one.node)).flatMap((one) => one.boxes);
    return found.length ? { left: Math.min(...found.map((box) => box.left)), right: Math.max(...found.map((box) => box.right)) } : null;
  };
  const inLine = (what, edges) => {
    const spread = Math.max(...edges) - Math.min(...edges);
    if (edges.length > 1 && spread > 1.5) faults.push(`${what} are ${spread.toFixed(1)} pixels out of line`);
  };
  for (const table of view.querySelectorAll("table")) {
    const depths = {}, starts = {}, ends = {};
    for (const row of table.querySelectorAll("tbody tr:not(.below)")) {
      [...row.cells].forEach((cell, column) => {
        const edges = first(cell), shown = getComputedStyle(cell);
        if (!edges) return;
        if (cell.tagName === "TH") {
          const depth = Number(shown.getPropertyValue("--depth") || 0);
          (depths[depth] ??= []).push(edges.left);
        } else if (shown.textAlign === "end" || shown.textAlign === "right") {
          if (shown.display === "table-cell") (ends[column] ??= []).push(edges.right);
        } else if (shown.display === "table-cell") {
          (starts[column] ??= []).push(edges.left);
        }
      });
    }
    const name = told(table.textContent);
    for (const [depth, edges] of Object.entries(depths)) inLine(`names of depth ${depth} in «${name}»`, edges);
    for (const [column, edges] of Object.entries(starts)) inLine(`cells of column ${column} in «${name}»`, edges);
    for (const [column, edges] of Object.entries(ends)) inLine(`numbers of column ${column} in «${name}»`, edges);
    const lefts = Object.keys(depths).sort((a, b) => a - b).map((depth) => Math.min(...depths[depth]));
    if (lefts.some((left, at) => at && left < lefts[at - 1] + 8)) faults.push(`«${name}» shows no depth`);
  }
  inLine("headings", [...view.querySelectorAll("h1, h2")].map((one) => first(one).left));
  inLine("paragraphs", [...view.querySelectorAll(":scope > p, :scope > div > p")].filter(first).map((one) => first(one).left));

  // Contrast of every text with what is painted below it.
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const painted = (colours) => {
    brush.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
    }
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  for (const { parent, text } of texts) {
    const below = [isDark ? "#121212" : "white"];
    for (const one of [...ancestors(parent)].reverse()) below.push(getComputedStyle(one).backgroundColor);
    const ground = luminance(painted(below));
    const ink = luminance(painted([...below, getComputedStyle(parent).color]));
    const contrast = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
    if (contrast < 4.5) faults.push(`«${text}» has a contrast of ${contrast.toFixed(2)}`);
  }
  function* ancestors(part) {
    for (; part; part = part.parentElement) yield part;
  }
  return [...new Set(faults)];
}
