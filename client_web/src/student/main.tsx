import { render } from "preact";
import "../base/base.css";
import { App } from "./App";
import "./settings";
import "./student.css";

const page = document.getElementById("page");
if (page !== null) render(<App />, page);
