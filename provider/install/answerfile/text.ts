import { productOf } from "../targets";
import type { XmlElement } from "../xml/document";
import { readAnswerfile } from "./reading";
import { type Report, shown } from "./report";
import type { View } from "./view";

/**
 * E3: texts that a version reads in another way than they look. Until XenServer 8, installers run Python 2 and convert what they read to ASCII; they
 * stop if they cannot. 5.6 and 6.0 take white space and line breaks for a part of the text: they look for a disk "/dev/ sda". What an installer does
 * not read may be written in any way.
 */
export function checkTexts({ root, target }: View, report: Report): void {
  // A password is nothing for a log.
  const quoted = ({ name }: XmlElement, text: string) => (name === "root-password" ? "the password" : shown(text));
  readAnswerfile(root, target, {
    nonAscii: (place, text) =>
      report(
        "E3",
        place,
        `${quoted(place.element, text)} has a character that is not ASCII, and ${productOf(target)} stops at it`,
        place.element.name === "root-password"
          ? 'write type="hash" and what `openssl passwd -6` prints'
          : "write it with ASCII letters only",
      ),
    padded: (element) => {
      if (element.text === "") return;
      report(
        "E3",
        { element },
        `${productOf(target)} takes the white space around ${quoted(element, element.text)} for a part of it`,
        `write it on one line with its tags: <${element.name}>...</${element.name}>`,
      );
    },
  });
}
