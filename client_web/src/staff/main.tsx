import { render } from "preact";
import "../base/base.css";

const page = document.getElementById("page");
if (page !== null) render(<main />, page);
