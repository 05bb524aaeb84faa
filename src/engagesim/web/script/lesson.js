// A lesson: a story in short steps; the reader predicts, then the society answers.

import { h } from "./dom.js";

export class Lesson {
  constructor(lab, lesson) {
    this.element = h("main", {}, h("h1", {}, lesson.title));
  }
}
