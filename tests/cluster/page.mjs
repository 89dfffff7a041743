// What a page tells its reader to do: commands on boxes and files to carry, in the order of the page. What cannot be understood is an error, so that a
// page that is written anew is either followed or noticed.
const PLACE = /\*\*(?:\d+\.\s+)?On ([^*:]+?):?\*\*/;
const CARRIED = /`([^`]+)`(?: \([^)]*\))?/g;

// `boxes`: all that "each box" stands for. Gives {box, command, starts} and {to, file}; `starts`
// is true of a block's first command, where a person pastes. The heading is that of the section, without #.
export function stepsOf(page, heading, boxes) {
  const steps = [];
  let place = null, block = null;
  for (const line of sectionOf(page, heading)) {
    if (block) {
      if (line === "```") {
        if (block.kind === "sh") for (const box of place) block.lines.forEach((command, i) => steps.push({box, command, starts: i === 0}));
        block = null;
      } else if (block.kind === "sh" && line.trim()) {
        block.lines.push(line);
      }
      continue;
    }
    if (line.startsWith("```")) {
      block = {kind: line.slice(3).trim(), lines: []};
      if (block.kind === "sh" && !place) throw new Error(`"${heading}": a block of commands, and no "On BOX" before it`);
      continue;
    }
    steps.push(...carriedBy(line, boxes));
    const told = line.match(PLACE)?.[1];
    if (told) place = placesOf(told, boxes);
  }
  if (block) throw new Error(`"${heading}": a block does not end`);
  return steps;
}

// "Carry `a` to x and `b` to y", "Carry `a` and `b` to each box".
export function carriedBy(line, boxes) {
  const told = line.match(/\bCarry (`.*)/)?.[1];
  if (!told) return [];
  const steps = [];
  let rest = told.split(/\. |\.$/)[0];
  for (let part; (part = rest.match(/^(?:,? ?and )?((?:`[^`]+`(?: \([^)]*\))?(?: and |, )?)+?) to (each box|[\w-]+)/)); rest = rest.slice(part[0].length)) {
    for (const [, file] of part[1].matchAll(CARRIED)) for (const to of placesOf(part[2], boxes)) steps.push({to, file});
  }
  if (!steps.length) throw new Error(`not understood: "Carry ${told}"`);
  return steps;
}

function placesOf(text, boxes) {
  if (text === "each box") return boxes;
  const named = text.split(/, | and /);
  for (const one of named) if (!boxes.includes(one)) throw new Error(`"${text}": there is no box ${one}, only ${boxes.join(", ")}`);
  return named;
}

function sectionOf(page, heading) {
  const lines = page.split("\n");
  const start = lines.indexOf(`## ${heading}`);
  if (start < 0) throw new Error(`the page has no section "${heading}"`);
  const end = lines.findIndex((line, i) => i > start && line.startsWith("## "));
  return lines.slice(start + 1, end < 0 ? lines.length : end);
}
