import type { Value } from "../values.ts";

/** From PostgreSQL's text of a value to ours. */
type Parser = (text: string) => Value;

const integer: Parser = (text) => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
};

/** A whole `numeric` is exact; a fraction becomes the nearest double, since a number must stay a number. */
const numeric: Parser = (text) => (/^-?\d+$/.test(text) ? integer(text) : double(text));

/** JSON has no NaN and no infinity: they are null. */
const double: Parser = (text) => {
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
};

/** `2026-01-31 23:59:59.123456+05:30` to ISO 8601 in UTC; what has no such form (`infinity`, years BC) stays as it is. */
const instant: Parser = (text) => {
  const found = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?$/.exec(text);
  if (found === null || text.endsWith("BC")) return text;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = "", sign, zoneHour = "0", zoneMinute = "0", zoneSecond = "0"] = found;
  const offset = (Number(zoneHour) * 3600 + Number(zoneMinute) * 60 + Number(zoneSecond)) * (sign === "-" ? -1 : 1);
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) - offset * 1000;
  const date = new Date(time);
  if (Number.isNaN(time)) return text;
  // Years below 100 are 19xx to Date.UTC.
  if (Number(year) < 100) date.setUTCFullYear(Number(year));
  const digits = fraction.replace(/0+$/, "");
  return date.toISOString().replace(/\.\d+Z$/, digits === "" ? "Z" : `.${digits.padEnd(digits.length > 3 ? 6 : 3, "0")}Z`);
};

const json: Parser = (text) => JSON.parse(text) as Value;

/** Reads `{a,"b c",NULL,{…}}` into nested lists. */
function array(element: Parser): Parser {
  return (text) => {
    // `[2:4]={…}` states unusual bounds, which a list doesn't have.
    let at = text.indexOf("{") + 1;
    const list = (): Value[] => {
      const items: Value[] = [];
      for (;;) {
        const character = text[at];
        if (character === "}") {
          at += 1;
          return items;
        }
        if (character === ",") at += 1;
        else if (character === "{") {
          at += 1;
          items.push(list());
        } else if (character === '"') items.push(element(quoted()));
        else if (character === undefined) return items;
        else {
          const end = text.slice(at).search(/[,}]/) + at;
          const word = text.slice(at, end);
          at = end;
          items.push(word === "NULL" ? null : element(word));
        }
      }
    };
    const quoted = (): string => {
      let value = "";
      at += 1;
      while (text[at] !== '"') {
        if (text[at] === "\\") at += 1;
        value += text[at];
        at += 1;
      }
      at += 1;
      return value;
    };
    return list();
  };
}

const text: Parser = (value) => value;

const elements: readonly (readonly [oid: number, arrayOid: number, parser: Parser])[] = [
  [16, 1000, (value) => value === "t" || value === "true"],
  [17, 1001, text],
  [20, 1016, integer],
  [21, 1005, integer],
  [23, 1007, integer],
  [26, 1028, integer],
  [700, 1021, double],
  [701, 1022, double],
  [1700, 1231, numeric],
  [114, 199, json],
  [3802, 3807, json],
  [1114, 1115, instant],
  [1184, 1185, instant],
  [1082, 1182, text],
  [1083, 1183, text],
  [1266, 1270, text],
  [1186, 1187, text],
  [18, 1002, text],
  [19, 1003, text],
  [25, 1009, text],
  [1042, 1014, text],
  [1043, 1015, text],
  [2950, 2951, text],
];

/** Parsers by type oid, for every driver of PostgreSQL alike; a type without one stays text. */
export const parsers: Readonly<Record<number, Parser>> = Object.fromEntries(elements.flatMap(([oid, arrayOid, parser]) => [[oid, parser], [arrayOid, array(parser)]]));

/** The parser of a type, for any oid. */
export function parserOf(oid: number): Parser {
  return parsers[oid] ?? text;
}
