import { render } from "preact";
import "../base/fonts.css";
import "../base/tokens.css";
import "../base/base.css";
import "./staff.css";
import "./measurement.css";
import { App } from "./App";
import { askSession } from "./session";

const page = document.getElementById("page");
if (page === null) throw new Error("staff.html has no #page");
render(<App />, page);
void askSession();
